import { describe, expect, it } from "vitest";
import { stamp, stampsIn } from "./stamp.js";

describe("a stamp", () => {
  it("is found again among other bytes, to the microsecond", () => {
    const text = `{"v":"${stamp(1_790_000_000_123_456)}abc"}{"v":"${stamp(7)}"}`;
    expect(stampsIn(Buffer.from(text))).toEqual([1_790_000_000_123_456, 7]);
  });

  it("is left out when the chunk ends within it", () => {
    const text = `${stamp(1)}${stamp(2)}`;
    expect(stampsIn(Buffer.from(text).subarray(0, -1))).toEqual([1]);
    expect(stampsIn(Buffer.from("@T"))).toEqual([]);
  });

  it("is not seen in bytes that only look like one", () => {
    expect(stampsIn(Buffer.from("@Tnot a number at all"))).toEqual([]);
  });
});
