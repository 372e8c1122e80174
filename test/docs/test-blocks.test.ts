import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blocksOf, pagesBelow, root } from "./markdown.js";
import { openWorkshop } from "./workshop.js";

const setupText = (name: string) =>
  readFileSync(new URL(`./setup/${name}.ts`, import.meta.url), "utf8");

const CONFIG = `
  import { defineConfig } from "vitest/config";
  const packages = ${JSON.stringify(join(root, "packages/"))};
  export default defineConfig({ resolve: { alias: [
    { find: /^@tocsin\\/([^/]+)$/, replacement: packages + "$1/src/index.ts" },
    { find: /^@tocsin\\/([^/]+)\\/(.+)$/, replacement: packages + "$1/src/$2/index.ts" },
  ] } });
`;

it("passes every test that the guide shows as an example", { timeout: 60_000 }, () => {
  using workshop = openWorkshop();
  const shown = pagesBelow("docs/1.guide")
    .flatMap(blocksOf)
    .filter(({ code }) => code.includes('from "vitest"'));
  expect(shown.length).toBeGreaterThan(1);
  workshop.write("vitest.config.ts", CONFIG);
  for (const { line, code, setup } of shown) {
    const text = setup === undefined ? code : `${setupText(setup)}${code}`;
    workshop.write(`line-${line}.test.ts`, text);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", "--root", workshop.path, "--no-color"],
    { cwd: workshop.path, encoding: "utf8" },
  );
  expect(status, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(new RegExp(`Test Files +${shown.length} passed`));
});
