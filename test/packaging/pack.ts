import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const root = fileURLToPath(new URL("../../", import.meta.url));

declare module "vitest" {
  interface ProvidedContext {
    /** The three packages as they would be published, in the order of their dependencies. */
    tarballs: string[];
  }
}

/** Packs what users would install; the tests then see no file of this repository. */
export default function pack(project: TestProject): () => void {
  const into = mkdtempSync(join(tmpdir(), "tocsin-pack-"));
  const tarballs = ["protocol", "server-kit", "client"].map((name) => {
    const cwd = join(root, "packages", name);
    if (!existsSync(join(cwd, "dist/index.js")))
      throw new Error(`@tocsin/${name} is not built; run npm run build`);
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", into];
    const printed = execFileSync("npm", args, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [packed] = JSON.parse(printed) as [{ filename: string }];
    return join(into, packed.filename);
  });
  project.provide("tarballs", tarballs);
  return () => rmSync(into, { recursive: true, force: true });
}
