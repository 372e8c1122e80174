import { existsSync } from "node:fs";
import { join } from "node:path";
import { execute, root } from "./project.js";

const dir = join(root, "runtimes");
const binary = (name: string): string => join(dir, "node_modules/.bin", name);

export type Runtime =
  | { readonly ok: true; readonly command: string }
  | { readonly ok: false; readonly why: string };

let installing: Promise<string | undefined> | undefined;

/** Installs the other runtimes; resolves to the reason when that did not work. */
async function install(): Promise<string | undefined> {
  const { code, text } = await execute("npm", ["ci", "--no-audit", "--no-fund"], dir);
  return code === 0 ? undefined : `npm ci in runtimes/ failed: ${text.trim().split("\n").at(-1)}`;
}

/** A runtime from `runtimes/`, installed when it is first asked for: no other test needs 300 MB. */
export async function findRuntime(name: "bun" | "deno"): Promise<Runtime> {
  let why: string | undefined;
  if (!existsSync(binary(name))) {
    installing ??= install();
    why = await installing;
  }
  if (why !== undefined) return { ok: false, why };
  const { code, text } = await execute(binary(name), ["--version"], dir);
  return code === 0
    ? { ok: true, command: binary(name) }
    : { ok: false, why: `${name} does not start here: ${text.trim()}` };
}
