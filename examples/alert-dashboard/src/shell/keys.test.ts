import { expect, test } from "vitest";
import { createKeyReader, SECOND_KEY_MS } from "./keys.js";

const plain = { ctrlKey: false, metaKey: false, altKey: false };
const press = (key: string) => ({ ...plain, key });
const reader = () => createKeyReader(() => ["g i", "i", "?"]);

test("a single key is complete at once", () => {
  expect(reader().read(press("?"), 0)).toBe("?");
  expect(reader().read(press("x"), 0)).toBeUndefined();
});

test("two keys in time are one shortcut, and not the second one alone", () => {
  const keys = reader();
  expect(keys.read(press("g"), 0)).toBeUndefined();
  expect(keys.read(press("i"), SECOND_KEY_MS)).toBe("g i");
  expect(keys.read(press("i"), SECOND_KEY_MS)).toBe("i");
});

test("a second key that comes too late stands for itself", () => {
  const keys = reader();
  keys.read(press("g"), 0);
  expect(keys.read(press("i"), SECOND_KEY_MS + 1)).toBe("i");
});

test("keys with a modifier belong to the browser", () => {
  expect(reader().read({ ...press("?"), ctrlKey: true }, 0)).toBeUndefined();
});
