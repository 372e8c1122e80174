import { expect, test } from "vitest";
import { colorOf, othersOf, POINTER_MS, visiblePointers } from "./people.js";

const member = (clientId: string, userId?: string) => ({
  clientId,
  ...(userId !== undefined && { userId }),
  since: 0,
});
const heard = (clientId: string, time: number | null, at = 0) => ({
  pointer: { userId: "ann", clientId, time, price: time === null ? null : 9 },
  at,
});

test("somebody with two tabs is one person, and the reader is nobody else", () => {
  const members = [
    member("1", "me"),
    member("2", "bob"),
    member("3", "ann"),
    member("4", "bob"),
    member("5"),
  ];
  expect(othersOf(members, "me").map(({ userId }) => userId)).toEqual(["ann", "bob"]);
});

test("a user has the same colour everywhere", () => {
  expect(colorOf("ann")).toBe(colorOf("ann"));
  expect(colorOf("")).toMatch(/^#/);
});

test("shown are the pointers of other tabs that are on the chart", () => {
  const pointers = visiblePointers([heard("mine", 1), heard("a", 1), heard("b", null)], "mine", 0);
  expect(pointers.map(({ clientId }) => clientId)).toEqual(["a"]);
});

test("a pointer nobody has heard of for long is gone", () => {
  expect(visiblePointers([heard("a", 1, 0)], "mine", POINTER_MS)).toHaveLength(1);
  expect(visiblePointers([heard("a", 1, 0)], "mine", POINTER_MS + 1)).toHaveLength(0);
});
