import { describe, expect, it } from "vitest";
import { unsendable } from "./plain-data.js";

describe("data that is published", () => {
  it("may be anything JSON can say", () => {
    for (const value of [
      null,
      "",
      0,
      -1.5,
      true,
      [],
      {},
      { a: [{ b: null }] },
      Object.create(null),
    ]) {
      expect(unsendable(value)).toBeUndefined();
    }
  });

  it("may leave fields undefined", () => {
    expect(unsendable({ a: undefined })).toBeUndefined();
    expect(unsendable(undefined)).toBeUndefined();
  });

  it.each([
    [{ price: Number.NaN }, "price"], // A32
    [{ price: Number.POSITIVE_INFINITY }, "price"],
    [{ rows: [1, 5n] }, "rows.1"],
    [{ at: new Date(0) }, "at"],
    [{ tags: new Map() }, "tags"],
    [{ f: () => 1 }, "f"],
    [JSON.parse('{"a":{"__proto__":1}}'), "a.__proto__"], // A33
  ])("is refused where it would arrive as something else: %#", (value, field) => {
    expect(unsendable(value)).toMatchObject({ field });
  });

  it("is refused when it runs in a circle, before anything recursive meets it", () => {
    const circle: { inner?: unknown } = {};
    circle.inner = circle;
    expect(unsendable(circle)?.message).toMatch(/circle/);
  });
});
