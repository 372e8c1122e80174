import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePatchBetween } from "./merge-patch.js";

/** RFC 7396 section 2, word for word. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const fields = new Map(
    typeof target === "object" && target !== null && !Array.isArray(target)
      ? Object.entries(target)
      : [],
  );
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, apply(fields.get(name), value));
  }
  return Object.fromEntries(fields);
}

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("a merge patch between two values", () => {
  it("makes the second of the first, wherever there is one", () => {
    let found = 0;
    const name = fc.constantFrom("a", "b", "__proto__", "constructor");
    const { value } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.constant(null),
        fc.integer({ max: 2 }),
        fc.string({ maxLength: 1 }),
        fc.boolean(),
      ),
      value: fc.oneof(
        { maxDepth: 3 },
        tie("leaf"),
        fc.array(tie("value"), { maxLength: 2 }),
        fc.dictionary(name, tie("value"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, value, (before, after) => {
        const patch = mergePatchBetween(json(before), json(after));
        if (!patch) return;
        found += 1;
        expect(apply(json(before), json(patch.patch))).toEqual(json(after));
      }),
      { numRuns: 3_000 },
    );
    expect(found).toBeGreaterThan(200);
  });

  it("holds only what changed and counts what it leaves out", () => {
    const before = { symbol: "600519", name: "Kweichow Moutai", price: 1, volume: 5 };
    expect(mergePatchBetween(before, { ...before, price: 2 })).toMatchObject({
      patch: { price: 2 },
    });
    expect(mergePatchBetween(before, before)?.savedBytes).toBeGreaterThan(30);
  });

  it("removes fields that are gone or undefined", () => {
    expect(mergePatchBetween({ a: 1, b: 2 }, { a: 1 })?.patch).toEqual({ b: null });
    expect(mergePatchBetween({ a: 1, b: 2 }, { a: 1, b: undefined })?.patch).toEqual({ b: null });
  });

  it("does not exist where null is the new value, or a side is no object", () => {
    expect(mergePatchBetween({ a: 1 }, { a: null })).toBeUndefined();
    expect(mergePatchBetween({ a: 1 }, { a: { b: null } })).toBeUndefined();
    expect(mergePatchBetween(1, 2)).toBeUndefined();
    expect(mergePatchBetween([1], [2])).toBeUndefined();
  });

  it("takes nulls that did not change, and those inside arrays, for what they are", () => {
    expect(mergePatchBetween({ a: null, n: 1 }, { a: null, n: 2 })?.patch).toEqual({ n: 2 });
    expect(mergePatchBetween({ a: [1] }, { a: [null] })?.patch).toEqual({ a: [null] });
  });
});
