import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NatsSettingsError } from "./errors.js";
import { natsNames, token } from "./names.js";

describe("token", () => {
  it("is one token of a subject and no wildcard, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(100), (part, times) => {
        expect(token(part.repeat(times))).toMatch(/^[A-Za-z0-9_=-]{1,1000}$/);
      }),
      { numRuns: 30 },
    );
  });

  it("is another for each name", () => {
    const long = "x".repeat(1_000);
    const names = ["", "*", ">", "a b", "a.b", "a=2Eb", "=2A", "=", "警", "__proto__", "\u0000"];
    names.push(
      "\ud800",
      "\udc00",
      "\\ud800",
      '"\\ud800"',
      long,
      `${long}a`,
      `${long}b`,
      "=h",
      "\udc00".repeat(2_000),
      "\ud800".repeat(2_000),
    );
    expect(new Set(names.map(token)).size).toBe(names.length);
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        (one, other) => {
          expect(token(one) === token(other)).toBe(one === other);
        },
      ),
    );
  });
});

describe("natsNames", () => {
  it("refuses a prefix that is no name of a stream", () => {
    for (const prefix of ["", "a.b", "a b", "*", "a>"]) {
      expect(() => natsNames(prefix)).toThrow(NatsSettingsError);
    }
  });
});
