import { describe, expect, it } from "vitest";
import { merged, type Section } from "./results.js";

const section = (name: string, title: string): Section => ({
  name,
  title,
  at: "",
  mode: "full",
  tables: [],
  checks: [],
  notes: [],
  rows: [],
});

describe("results that are kept", () => {
  it("replace those of the same name in their place, and come last where there are none", () => {
    const before = [section("W1", "old"), section("W2", "old")];
    const now = [section("W3", "new"), section("W1", "new")];
    expect(merged(before, now).map(({ name, title }) => `${name} ${title}`)).toEqual([
      "W1 new",
      "W2 old",
      "W3 new",
    ]);
  });
});
