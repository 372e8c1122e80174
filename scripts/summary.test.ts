import { expect, test } from "vitest";
import { projectFilter, summarize } from "./lib/summary.mjs";

const clean = {
  tally: { passed: 3, failed: 0, skipped: [] as object[], unhandled: 0 },
  exitCode: 0,
  missing: [] as object[],
  args: [] as string[],
  strict: false,
};
const skip = {
  project: "unit",
  file: "a.test.ts",
  name: "runs on Bun",
  why: "not available: no Bun here",
};

test("the last line is the count and nothing else", () => {
  expect(summarize(clean)).toEqual({ lines: ["3 passed, 0 failed"], exitCode: 0 });
});

test("a run that dies before it reports counts as a failure", () => {
  const result = summarize({ ...clean, tally: undefined, exitCode: 1 });
  expect(result.lines.at(-1)).toBe("0 passed, 1 failed");
  expect(result.exitCode).toBe(1);
});

test("an error outside every test counts as a failure", () => {
  const result = summarize({ ...clean, tally: { ...clean.tally, unhandled: 2 }, exitCode: 1 });
  expect(result.lines.at(-1)).toBe("3 passed, 2 failed");
});

test("a skipped test is named with its reason and is no failure", () => {
  const result = summarize({ ...clean, tally: { ...clean.tally, skipped: [skip] } });
  expect(result.lines).toEqual([
    "Not run:",
    "  a.test.ts > runs on Bun: not available: no Bun here",
    "1 skipped",
    "3 passed, 0 failed",
  ]);
  expect(result.exitCode).toBe(0);
});

test("in CI a skip that is about the subject stays a skip", () => {
  const tally = { ...clean.tally, skipped: [{ ...skip, why: "this store forgets" }] };
  expect(summarize({ ...clean, tally, strict: true }).lines.at(-1)).toBe("3 passed, 0 failed");
});

test("in CI what the machine lacks is a failure", () => {
  const missing = [{ projects: ["browser"], why: "Chromium is not installed" }];
  const tally = { ...clean.tally, skipped: [skip] };
  const result = summarize({ ...clean, tally, missing, strict: true });
  expect(result.lines.at(-1)).toBe("3 passed, 2 failed");
  expect(result.exitCode).toBe(1);
});

test("tests left out by a name filter are not news", () => {
  const tally = { ...clean.tally, skipped: [{ ...skip, why: "" }] };
  const result = summarize({ ...clean, tally, args: ["-t", "x"], strict: true });
  expect(result.lines.at(-1)).toBe("3 passed, 0 failed");
});

test("projects are chosen by name, excluded with an exclamation mark, and all by default", () => {
  expect(projectFilter([])("browser")).toBe(true);
  expect(projectFilter(["--project", "unit"])("browser")).toBe(false);
  expect(projectFilter(["--project=unit", "--project=types"])("types")).toBe(true);
  expect(projectFilter(["--project=!browser"])("browser")).toBe(false);
  expect(projectFilter(["--project=!browser"])("unit")).toBe(true);
});
