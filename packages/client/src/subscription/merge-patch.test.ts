import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergePatch } from "./merge-patch.js";

describe("a merge patch (RFC 7396, appendix A)", () => {
  test.each([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("%j with %j is %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});

test("changes neither target nor patch, and repeating it changes nothing more", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const before = JSON.stringify([target, patch]);
      const once = mergePatch(target, patch);
      expect(JSON.stringify([target, patch])).toBe(before);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});

test("a field named __proto__ is a field, and no prototype is touched (A33)", () => {
  const patch: unknown = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}}}',
  );
  const result = mergePatch({ a: 1 }, patch);
  expect(JSON.stringify(result)).toBe(
    '{"a":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}}}',
  );
  expect({}).not.toHaveProperty("polluted");
  expect({}).not.toHaveProperty("x");
});
