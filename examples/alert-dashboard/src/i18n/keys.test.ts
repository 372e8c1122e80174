import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { en } from "./en/index.js";
import { zh } from "./zh/index.js";

/** Keys with their placeholders; plural forms of one key are one key, as languages have different ones. */
function shape(words: object, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    const name = `${prefix}${key.replace(/_(one|other)$/, "")}`;
    if (typeof value === "object" && value !== null) {
      for (const [inner, holes] of shape(value, `${name}.`)) found.set(inner, holes);
    } else {
      found.set(name, [...String(value).matchAll(/\{\{[^}]+\}\}/g)].flat().sort().join());
    }
  }
  return found;
}

describe.each(Object.keys(en) as (keyof typeof en)[])("the words of %s", (feature) => {
  test("are the same keys in both languages, with the same placeholders", () => {
    expect(Object.fromEntries(shape(zh[feature]))).toEqual(Object.fromEntries(shape(en[feature])));
  });
});

test("every plural has the form all languages share", () => {
  const keys = JSON.stringify(en);
  const ones = [...keys.matchAll(/"(\w+)_one"/g)].map(([, key]) => key);
  expect(ones.filter((key) => !keys.includes(`"${key}_other"`))).toEqual([]);
});

const SPOKEN = new Set(["aria-label", "title", "label", "placeholder", "description", "alt"]);
const WORD = /\p{L}{2,}/u;

/** Text of a component that does not come from the words. */
function hardCoded(path: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(path, "utf8"),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TSX,
  );
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && WORD.test(node.text)) found.push(node.text.trim());
    if (
      ts.isJsxAttribute(node) &&
      SPOKEN.has(node.name.getText()) &&
      node.initializer &&
      ts.isStringLiteral(node.initializer) &&
      WORD.test(node.initializer.text)
    ) {
      found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const components = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".tsx"),
);

test("the search for hard-coded text sees components", () => {
  expect(components.length).toBeGreaterThan(10);
});

test.each(components)("%s has no text of its own", (path) => {
  expect(hardCoded(`${root}${path}`)).toEqual([]);
});
