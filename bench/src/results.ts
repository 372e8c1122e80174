import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";

/** A table to print; the first column is of words, the others of figures. */
export interface Table {
  readonly title?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One figure beside what it must be. */
export interface Check {
  readonly what: string;
  readonly reached: number;
  readonly must: number;
  readonly is: "at least" | "at most";
  /** How far the rounds lie apart. */
  readonly min?: number;
  readonly max?: number;
}

/** What one part of the bench has found. */
export interface Section {
  readonly name: string;
  readonly title: string;
  readonly at: string;
  readonly mode: "full" | "quick";
  readonly tables: readonly Table[];
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  /** Every figure of every round. */
  readonly rows: readonly object[];
}

/** What {@link Section} a part returns; the rest is known to whoever ran it. */
export type Found = Partial<Pick<Section, "tables" | "checks" | "notes" | "rows">>;

/** All sections, and where they were measured. */
export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly sections: readonly Section[];
}

const folder = new URL("../results/", import.meta.url);
const LAST = new URL("last.json", folder);
const PARTIAL = new URL("partial.json", folder);

/** What stands in `results/last.json`. */
export function lastResults(): Results {
  return JSON.parse(readFileSync(LAST, "utf8"));
}

/** Sections measured now take the place of those of the same name; the others stay. */
export function merged(before: readonly Section[], now: readonly Section[]): readonly Section[] {
  const fresh = new Map(now.map((section) => [section.name, section]));
  const kept = before.map((section) => fresh.get(section.name) ?? section);
  return [...kept, ...now.filter(({ name }) => !before.some((section) => section.name === name))];
}

/**
 * Writes what was measured. A whole run replaces `results/last.json`, `keep` has a part of one replace its part
 * there, and everything else goes to `results/partial.json`. Returns the name of the file.
 */
export function saveResults(
  sections: readonly Section[],
  { whole, keep }: { readonly whole: boolean; readonly keep: boolean },
): string {
  mkdirSync(folder, { recursive: true });
  const file = whole || keep ? LAST : PARTIAL;
  const before = keep && !whole && existsSync(LAST) ? lastResults().sections : [];
  const results: Results = { machine: machine(), sections: merged(before, sections) };
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  return file.pathname;
}

function machine(): Results["machine"] {
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    system: process.platform,
    load: Math.round(loadavg()[0] ?? 0),
  };
}
