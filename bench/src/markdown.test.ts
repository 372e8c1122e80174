import { describe, expect, it } from "vitest";
import { filledIn, markdownTable } from "./markdown.js";
import type { Results, Section } from "./results.js";

const section: Section = {
  name: "W9",
  title: "a thing",
  at: "2026-11-21T00:00:00.000Z",
  mode: "quick",
  tables: [{ head: ["server", "us"], rows: [["a|b", "1"]] }],
  checks: [
    { what: "W9", reached: 2, must: 1, is: "at least" },
    { what: "W9, too", reached: 2, must: 1, is: "at most" },
  ],
  notes: ["A note."],
  rows: [],
};
const results: Results = {
  machine: { node: "v20", cpu: "C", cores: 2, system: "linux" },
  sections: [section],
};
const place = (name: string, inside = "") => `<!-- figures: ${name} -->\n${inside}<!-- end -->`;

describe("a table in Markdown", () => {
  it("has its figures on the right, and no cell too many", () => {
    expect(markdownTable({ head: ["server", "us"], rows: [["a|b", "1"]] })).toBe(
      "| server | us |\n| --- | --: |\n| a\\|b | 1 |",
    );
  });
});

describe("a page with places for figures", () => {
  it("gets them, in place of older ones, and is left alone elsewhere", () => {
    const once = filledIn(`before\n${place("W9", "old\n")}\nafter`, results);
    expect(once).toContain("| a\\|b | 1 |");
    expect(once).toContain("A note.");
    expect(once).not.toContain("old");
    expect(once).toMatch(/^before\n[\s\S]*\nafter$/);
    expect(filledIn(once, results)).toBe(once);
  });

  it("says what was not measured", () => {
    expect(filledIn(place("W10"), results)).toContain("Not measured yet.");
  });

  it("counts the targets, and says on what machine and how", () => {
    expect(filledIn(place("targets"), results)).toContain("1 of 2 targets are reached.");
    const machine = filledIn(place("machine"), results);
    expect(machine).toContain("Measured 2026-11-21 on 2 cores of C, linux, Node v20.");
    expect(machine).toContain("Of a quick run: W9.");
    expect(machine).not.toContain("busy");
  });

  it("says when the machine had other things to do", () => {
    const busy = { ...results, machine: { ...results.machine, load: 9 } };
    expect(filledIn(place("machine"), busy)).toContain("busy with other work (load 9)");
  });
});
