import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const faults = fileURLToPath(new URL("..", import.meta.url));

const bundles = new Map<string, Promise<string>>();

/** The server of hubs. */
export const serverBundle = (): Promise<string> => bundleOf("hub-server");

/**
 * A server as one file, made once for each run: a hundred restarts must cost a hundred starts of a server, not
 * of a compiler. It lies where the native parts it leaves out are found, and is gone when this process ends.
 */
export function bundleOf(entry: string): Promise<string> {
  const bundle = bundles.get(entry) ?? makeBundle(entry);
  bundles.set(entry, bundle);
  return bundle;
}

async function makeBundle(entry: string): Promise<string> {
  const name = basename(entry);
  const outDir = join(faults, "../node_modules/.cache/tocsin-faults", String(process.pid));
  mkdirSync(outDir, { recursive: true });
  process.once("exit", () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    entry: { [name]: join(faults, `${entry}.ts`) },
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
  return join(outDir, `${name}.cjs`);
}
