import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./markdown.js";

/** A directory outside the repository in which the packages are installed as a user would have them. */
export interface Workshop extends Disposable {
  readonly path: string;
  write(file: string, text: string): void;
}

const TSCONFIG = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: {
    noEmit: true,
    composite: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
    lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"],
    jsx: "react-jsx",
  },
};

/** Opens a workshop; its sources are checked and run against the sources of the packages. */
export function openWorkshop(): Workshop {
  const path = mkdtempSync(join(tmpdir(), "tocsin-docs-"));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  };
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"), "junction");
  write("package.json", JSON.stringify({ type: "module" }));
  write("tsconfig.json", JSON.stringify(TSCONFIG));
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
