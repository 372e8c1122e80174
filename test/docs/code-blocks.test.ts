import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Block, blocksOf, fileName, pagesBelow } from "./markdown.js";
import { typeCheck } from "./type-check.js";
import { openWorkshop } from "./workshop.js";

const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...pagesBelow("docs/1.guide"),
  ...pagesBelow("docs/2.adapters"),
  ...["protocol", "server-kit", "client"].map((name) => `packages/${name}/README.md`),
];

const setupText = (name: string) =>
  readFileSync(new URL(`./setup/${name}.ts`, import.meta.url), "utf8").trimEnd();

/** A block as a file: those that name themselves can import each other within their page. */
function asFile(block: Block): { name: string; text: string; shift: number } {
  const setup = block.setup === undefined ? "" : `${setupText(block.setup)}\n`;
  const directory = block.page.replace(/\W+/g, "_");
  const own = fileName(block) ?? `line-${block.line}.${block.language}`;
  const lines = setup.split("\n").length - 1;
  return { name: `${directory}/${own}`, text: `${setup}${block.code}\nexport {};\n`, shift: lines };
}

it("compiles every TypeScript block of the documentation", { timeout: 120_000 }, () => {
  using workshop = openWorkshop();
  workshop.write("setup/market.ts", setupText("market"));
  const blocks = PAGES.flatMap(blocksOf).filter(({ language }) => /^tsx?$/.test(language));
  const files = new Map<string, { block: Block; shift: number }>();
  for (const block of blocks) {
    const { name, text, shift } = asFile(block);
    expect(files.has(name), `${block.page}:${block.line} is a second ${name}`).toBe(false);
    files.set(name, { block, shift });
    workshop.write(name, text);
  }
  const problems = typeCheck(workshop).map(({ file, line, message }) => {
    const from = files.get(file);
    return from
      ? `${from.block.page}:${from.block.line + line - from.shift - 1} ${message}`
      : message;
  });
  expect(problems).toEqual([]);
  expect(blocks.length).toBeGreaterThan(20);
});
