import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, resolveLimits } from "./limits.js";

describe("the limits of a hub", () => {
  it("are on by default, and changed one by one", () => {
    expect(resolveLimits()).toEqual(DEFAULT_LIMITS);
    expect(resolveLimits({ connections: 5 })).toEqual({ ...DEFAULT_LIMITS, connections: 5 });
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("cannot be %s, and say which", (value) => {
    expect(() => resolveLimits({ messageBurst: value })).toThrow(/limits\.messageBurst/);
  });

  it("cannot be above what the wire lets a client ask for", () => {
    expect(() => resolveLimits({ maxReplay: 1_001 })).toThrow(
      /limits\.maxReplay must be at most 1000/,
    );
  });
});
