import { CloseCode } from "@tocsin/protocol";
import { DEFAULT_LIMITS, REJECTION_REASONS } from "@tocsin/server-kit";
import { expect, it } from "vitest";
import { pagesBelow, read } from "./markdown.js";

/** The first two cells of each row whose first cell holds one word of code. */
function rowsOf(page: string): [string, string][] {
  return [...read(page).matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name = "", cell = ""]) => [
    name,
    cell,
  ]);
}

it("names every limit of a hub with its default", () => {
  const documented = rowsOf("docs/1.guide/7.limits.md").filter(([name]) => name !== "maxRate");
  const numbers = documented.map(([name, text]) => [name, Number(text.replaceAll(",", ""))]);
  expect(Object.fromEntries(numbers)).toEqual(DEFAULT_LIMITS);
});

it("says of every reason for being turned away what the peer gets", () => {
  const page = read("docs/1.guide/7.limits.md");
  const rows = [...page.matchAll(/^\| (\w+) \| `([\w-]+)` \| \S/gm)].map(
    ([, stage, reason]) => `${stage} ${reason}`,
  );
  // Messages, and publishes over HTTP, are refused with the codes of an error, which the protocol lists.
  const { message: _errors, http: _same, ...stages } = REJECTION_REASONS;
  const reasons = Object.entries(stages).flatMap(([stage, names]) =>
    names.map((name) => `${stage} ${name}`),
  );
  expect(rows).toEqual(reasons);
  for (const stage of ["message", "http"]) {
    expect(page).toMatch(new RegExp(`^\\| ${stage} \\| the code of an `, "m"));
  }
});

it("says of every close code what the client makes of it", () => {
  const page = read("docs/1.guide/6.access.md");
  const ranges = [...page.matchAll(/^\| (\d[\d, to]*) \|/gm)].flatMap(([, codes = ""]) =>
    codes.split(", ").map((code) => code.split(" to ").map(Number)),
  );
  const isSaid = (code: number) =>
    ranges.some(([from = 0, to = from]) => from <= code && code <= to);
  expect(Object.values(CloseCode).filter((code) => !isSaid(code))).toEqual([]);
});

it("lists every decision, and every page of the guide is reached from another", () => {
  const index = read("docs/adr/README.md");
  const decisions = pagesBelow("docs/adr").map((page) => page.slice("docs/adr/".length));
  expect(decisions.filter((name) => name !== "README.md" && !index.includes(name))).toEqual([]);
  const pages = [...pagesBelow("docs/1.guide"), ...pagesBelow("docs/2.adapters")];
  const everything = ["README.md", "CONTRIBUTING.md", ...pages];
  const lonely = pages.filter((page) => {
    const name = page.slice(page.lastIndexOf("/") + 1);
    return !everything.some((other) => other !== page && read(other).includes(name));
  });
  expect(lonely).toEqual([]);
});

it("names every setting of the example servers", () => {
  const settings = read("examples/alert-system/src/setup/settings.ts");
  const variables = [...settings.matchAll(/^ {2}([A-Z_]{4,}): /gm)].map(([, name]) => name);
  const page = read("docs/1.guide/12.example.md");
  expect(variables.length).toBeGreaterThan(10);
  expect(variables.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it("names every option of the terminal consumer", () => {
  const options = read("examples/alert-watch/src/options.ts");
  const names = [...options.matchAll(/"(--[a-z]+)/g)].map(([, name]) => name);
  const page = read("docs/1.guide/12.example.md");
  expect(names.length).toBeGreaterThan(7);
  expect(names.filter((name) => name !== "--no" && !page.includes(name ?? ""))).toEqual([]);
});
