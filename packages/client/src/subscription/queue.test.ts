import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createQueue } from "./queue.js";

const unkeyed = { keyOf: () => undefined, limit: 3, overflow: "fail" } as const;
const none = () => {};

describe("a queue", () => {
  test("gives items in order, whether the loop or the item comes first", async () => {
    const queue = createQueue<number>(unkeyed, none);
    const early = queue.next();
    queue.push(1);
    queue.push(2);
    expect(await early).toEqual({ done: false, value: 1 });
    expect(await queue.next()).toEqual({ done: false, value: 2 });
  });

  test("of a log that overflows gives what it holds and then throws once (E25)", async () => {
    const queue = createQueue<number>(unkeyed, none);
    for (let n = 1; n <= 5; n += 1) queue.push(n);
    expect([(await queue.next()).value, (await queue.next()).value]).toEqual([1, 2]);
    expect((await queue.next()).value).toBe(3);
    await expect(queue.next()).rejects.toMatchObject({ name: "QueueOverflowError" });
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  test("of a signal drops the newest", async () => {
    const queue = createQueue<number>({ ...unkeyed, overflow: "drop-newest" }, none);
    for (let n = 1; n <= 5; n += 1) queue.push(n);
    queue.end();
    const seen = [];
    for (let item = await queue.next(); !item.done; item = await queue.next())
      seen.push(item.value);
    expect(seen).toEqual([1, 2, 3]);
  });

  test("with keys holds the newest of each, in the order of their last change", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(5), fc.nat()), { maxLength: 50 }),
        async (items) => {
          const queue = createQueue<[number, number]>(
            { keyOf: ([key]) => key, limit: 6, overflow: "fail" },
            none,
          );
          for (const item of items) queue.push(item);
          queue.end();
          const seen: [number, number][] = [];
          for (let item = await queue.next(); !item.done; item = await queue.next())
            seen.push(item.value);
          const last = new Map<number, [number, number]>();
          for (const item of items) {
            last.delete(item[0]);
            last.set(item[0], item);
          }
          expect(seen).toEqual([...last.values()]);
        },
      ),
    );
  });

  test("that ends while somebody waits says so to everybody", async () => {
    const queue = createQueue<number>(unkeyed, none);
    const waiting = [queue.next(), queue.next()];
    queue.end(new Error("gone"));
    await expect(waiting[0]).rejects.toThrow("gone");
    await expect(waiting[1]).resolves.toEqual({ done: true, value: undefined });
    queue.push(1);
    expect((await queue.next()).done).toBe(true);
  });
});
