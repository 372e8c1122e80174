import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PostgresSettingsError } from "./errors.js";
import { columnText, topicOf } from "./names.js";
import { schemaName } from "./schema.js";

describe("columnText", () => {
  it("fits into an index and has no zero character, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(100), (part, times) => {
        const text = columnText(part.repeat(times));
        expect(Buffer.byteLength(text)).toBeLessThan(2_000);
        expect(Buffer.from(text).toString()).toBe(text);
        expect(text).not.toContain("\u0000");
      }),
      { numRuns: 30 },
    );
  });

  it("is another for each name", () => {
    const long = "\ud800".repeat(1_000);
    const names = ["", "a\u0000", "a\\u0000", "\ud800", "\\ud800", '"', '\\"', long, `${long}a`];
    names.push("\udc00".repeat(1_000), "n".repeat(2_000), "n".repeat(2_001));
    expect(new Set(names.map(columnText)).size).toBe(names.length);
  });
});

describe("topicOf", () => {
  it("is short enough to listen to, and another for each channel and schema", () => {
    const topics = [topicOf("a", "b"), topicOf("a", "c"), topicOf("b", "b"), topicOf("a", "b c")];
    expect(new Set(topics).size).toBe(4);
    for (const topic of topics) expect(topic).toMatch(/^[\w-]{1,63}$/);
  });
});

describe("schemaName", () => {
  it("refuses what would have to be quoted", () => {
    for (const name of ["", "A", "a-b", 'a"b', "1a", "a".repeat(41)]) {
      expect(() => schemaName(name)).toThrow(PostgresSettingsError);
    }
  });
});
