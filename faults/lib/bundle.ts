import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const faults = fileURLToPath(new URL("..", import.meta.url));

let bundle: Promise<string> | undefined;

/**
 * The server as one file, made once for each run: a hundred restarts must cost a hundred starts of a server, not
 * of a compiler. It lies where the native parts it leaves out are found, and is gone when this process ends.
 */
export function serverBundle(): Promise<string> {
  bundle ??= makeBundle();
  return bundle;
}

async function makeBundle(): Promise<string> {
  const outDir = join(faults, "../node_modules/.cache/tocsin-faults", String(process.pid));
  mkdirSync(outDir, { recursive: true });
  process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    entry: { "hub-server": join(faults, "hub-server.ts") },
    outDir,
    config: false,
    tsconfig: join(faults, "../tsconfig.test.json"),
    silent: true,
    clean: false,
    dts: false,
    format: "cjs",
    target: "node20",
    noExternal: [/^@tocsin\//, "ws", "zod"],
    external: ["libsql"],
    esbuildOptions(options) {
      options.conditions = ["@tocsin/source"];
    },
  });
  return join(outDir, "hub-server.cjs");
}
