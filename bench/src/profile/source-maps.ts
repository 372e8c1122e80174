import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import type { SourceOf } from "./summary.js";

/** Looks up built files in the maps that lie beside them. */
export function sourceMaps(): SourceOf {
  const maps = new Map<string, SourceMap | undefined>();
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.includes("/dist/")) return undefined;
    if (!maps.has(url)) maps.set(url, mapBeside(url));
    const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
    if (!entry || !("originalSource" in entry)) return undefined;
    return new URL(entry.originalSource, url).pathname;
  };
}

function mapBeside(url: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, "utf8")));
  } catch {
    return undefined;
  }
}
