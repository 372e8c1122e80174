import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Duration, durationMs } from "./duration.js";
import { ContractError } from "./errors.js";

describe("a duration", () => {
  it.each([
    ["250ms", 250],
    ["90s", 90_000],
    ["1.5s", 1_500],
    ["60m", 3_600_000],
    ["12h", 43_200_000],
    ["7d", 604_800_000],
    ["0s", 0],
  ] as const)("reads %s as %d milliseconds", (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it("takes a number of milliseconds as it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), (ms) => {
        expect(durationMs(ms)).toBe(ms);
      }),
    );
  });

  it.each(["-5s", "1e3ms", " 5s", "5 s", "5S", "5", "s", "5sm", ".5s", "5.s", "", "NaNms"])(
    'refuses "%s" and shows what a duration looks like',
    (text) => {
      expect(() => durationMs(text as Duration)).toThrow(ContractError);
      expect(() => durationMs(text as Duration)).toThrow(/must look like "250ms", "90s"/);
    },
  );

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the number %d", (ms) => {
    expect(() => durationMs(ms)).toThrow(/must be a finite number of milliseconds, 0 or more/);
  });
});
