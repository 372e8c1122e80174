import { TocsinError } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { type BatchParts, createBatches } from "./batches.js";

class Away extends TocsinError {
  override readonly retryable = true;
}

function batches(parts: Partial<BatchParts<number, string>> = {}) {
  const steps: string[] = [];
  const made = createBatches<number, string>({
    run: async (key, jobs) => {
      steps.push(`${key}: ${jobs.join(" ")}`);
      return jobs.map((job) => `${key}${job}`);
    },
    fits: (before) => before.length < 3,
    maxWaiting: 10,
    full: () => new Error("full"),
    ...parts,
  });
  return { ...made, steps };
}

describe("createBatches", () => {
  it("does what gathers for a key together, in order, and keys apart", async () => {
    const { add, steps } = batches();
    const results = await Promise.all([1, 2, 3, 4].map((n) => add("a", n)).concat(add("b", 1)));
    expect(results).toEqual(["a1", "a2", "a3", "a4", "b1"]);
    expect(steps).toEqual(["a: 1 2 3", "b: 1", "a: 4"]);
  });

  it("refuses what finds no room, and has room again when the rest is done", async () => {
    const { add } = batches({ maxWaiting: 2 });
    const kept = [add("a", 1), add("b", 1)];
    await expect(add("c", 1)).rejects.toThrow("full");
    await Promise.all(kept);
    expect(await add("c", 1)).toBe("c1");
  });

  it("gives up what waits behind a step that nobody answered", async () => {
    const { add, settled } = batches({ run: () => Promise.reject(new Away("away")) });
    const all = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => add("a", n)));
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill("rejected"));
    await settled();
  });

  it("goes on behind a step that was refused", async () => {
    const { add } = batches({
      run: async (_key, jobs) => {
        if (jobs.includes(1)) throw new Error("refused");
        return jobs.map(String);
      },
    });
    const all = await Promise.allSettled([1, 2, 3, 4].map((n) => add("a", n)));
    expect(all.map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
  });
});
