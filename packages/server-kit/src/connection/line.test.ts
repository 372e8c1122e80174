import { describe, expect, it } from "vitest";
import { beginAfresh, joinedBytes, type Line, NOTHING, passingBytes, withFrames } from "./line.js";

const A = new Uint8Array([1, 2]);
const B = new Uint8Array([3]);
const C = new Uint8Array([4, 5, 6]);

function lineOf(...parts: readonly Uint8Array[]): Line {
  return parts.reduce(withFrames, NOTHING);
}

function bytesOf(line: Line): number[] {
  return [...joinedBytes(line)];
}

describe("a line of frames", () => {
  it("holds its frames in the order they were added", () => {
    const line = lineOf(A, B, C);
    expect(bytesOf(line)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(line.bytes).toBe(6);
  });

  it("is one and the same for readers who get the same frames, and so are its bytes", () => {
    const [one, other] = [lineOf(A, B), lineOf(A, B)];
    expect(one).toBe(other);
    expect(joinedBytes(one)).toBe(joinedBytes(other));
  });

  it("is not changed by readers who go on differently", () => {
    const common = lineOf(A);
    const [left, right] = [withFrames(common, B), withFrames(common, C)];
    expect([bytesOf(left), bytesOf(right), bytesOf(common)]).toEqual([
      [1, 2, 3],
      [1, 2, 4, 5, 6],
      [1, 2],
    ]);
  });

  it("of frames that are equal but not the same is another line", () => {
    expect(lineOf(A)).not.toBe(lineOf(Uint8Array.from(A)));
  });

  it("of one batch is that batch, not a copy", () => {
    expect(joinedBytes(lineOf(A))).toBe(A);
    expect(passingBytes(lineOf(A))).toBe(A);
  });

  it("shows the same bytes in passing, the first time and later", () => {
    const line = lineOf(B, C);
    for (let reader = 0; reader < 3; reader++) {
      expect([...passingBytes(line).subarray(0, line.bytes)]).toEqual([3, 4, 5, 6]);
      passingBytes(lineOf(A, A)); // somebody else passes
    }
  });

  it("may be longer than what passes at once", () => {
    const big = new Uint8Array(50_000).fill(7);
    const line = lineOf(big, A, big);
    expect(passingBytes(line).subarray(0, line.bytes)).toEqual(joinedBytes(line));
  });

  it("is forgotten when a turn is over", () => {
    const before = lineOf(A);
    beginAfresh();
    expect(lineOf(A)).not.toBe(before);
    expect(bytesOf(before)).toEqual([1, 2]);
  });
});
