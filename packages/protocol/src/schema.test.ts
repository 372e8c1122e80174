import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ContractError } from "./errors.js";
import { type Schema, validate } from "./schema.js";

/** A validator of nobody's: the least that Standard Schema asks for. */
function handMade<Out>(check: Schema<unknown, Out>["~standard"]["validate"]): Schema<unknown, Out> {
  return { "~standard": { version: 1, vendor: "by-hand", validate: check } };
}

describe("validating with zod", () => {
  const order = z.object({ lines: z.array(z.object({ price: z.coerce.number() })) });

  it("hands out what the schema makes of the value", () => {
    expect(validate(order, { lines: [{ price: "7" }], extra: 1 })).toEqual({
      ok: true,
      value: { lines: [{ price: 7 }] },
    });
  });

  it("names the first wrong part and what is wrong with it", () => {
    expect(validate(order, { lines: [{ price: 1 }, { price: "x" }] })).toEqual({
      ok: false,
      problem: { field: "lines.1.price", message: expect.stringContaining("number") },
    });
    expect(validate(z.string(), 7)).toMatchObject({ ok: false, problem: { field: "" } });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses the price %d (A32)", (price) => {
    expect(validate(z.object({ price: z.number() }), { price })).toMatchObject({
      ok: false,
      problem: { field: "price" },
    });
  });

  it("never throws for a value, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(validate(z.string(), value).ok).toBe(typeof value === "string");
      }),
    );
  });
});

describe("validating with any Standard Schema", () => {
  it("takes its value", () => {
    const doubled = handMade((value) => ({ value: Number(value) * 2 }));
    expect(validate(doubled, 4)).toEqual({ ok: true, value: 8 });
  });

  it("reads both forms of a path, and names with a prototype behind them (A33)", () => {
    const path = ["rows", { key: 0 }, { key: "__proto__" }];
    const failing = handMade(() => ({ issues: [{ message: "is odd", path }] }));
    expect(validate(failing, {})).toEqual({
      ok: false,
      problem: { field: "rows.0.__proto__", message: "is odd" },
    });
  });

  it("refuses even when the schema does not say why", () => {
    expect(
      validate(
        handMade(() => ({ issues: [] })),
        1,
      ),
    ).toEqual({
      ok: false,
      problem: { field: "", message: "does not fit its schema" },
    });
  });
});

describe("an asynchronous schema", () => {
  it("is refused by name, since order on a channel could not be kept", () => {
    const later = handMade(async (value) => ({ value }));
    expect(() => validate(later, 1)).toThrow(ContractError);
    expect(() => validate(later, 1)).toThrow(/a by-hand schema validates asynchronously/);
    expect(() =>
      validate(
        z.string().refine(async () => true),
        "x",
      ),
    ).toThrow(/a zod schema/);
  });

  it("is refused quietly: its own failure ends no process", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const failing = handMade(() => Promise.reject(new Error("the lookup failed")));
    expect(() => validate(failing, 1)).toThrow(ContractError);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });
});
