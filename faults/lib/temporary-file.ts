import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path in a directory of its own, which is gone with everything in it when the scope ends. */
export function temporaryFile(name: string): Disposable & { readonly path: string } {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-faults-"));
  return {
    path: join(directory, name),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
