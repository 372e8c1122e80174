import { describe, expect, it } from "vitest";
import { partitionOf, shareOf } from "./partition.js";

const WORKERS = ["a", "b", "c", "d"];
const COUNT = 64;

describe("partitions", () => {
  it("get about as many symbols each", () => {
    const counts = new Array<number>(16).fill(0);
    for (let index = 0; index < 16_000; index += 1) {
      const partition = partitionOf(`SYM${index}`, 16);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });

  it("belong to exactly one of the workers, whichever of them is asked", () => {
    const owners = new Map<number, string[]>();
    for (const worker of WORKERS) {
      for (const partition of shareOf(worker, WORKERS, COUNT)) {
        owners.set(partition, [...(owners.get(partition) ?? []), worker]);
      }
    }
    expect(owners.size).toBe(COUNT);
    for (const worker of owners.values()) expect(worker).toHaveLength(1);
  });

  it("stay where they are when another worker goes", () => {
    const without = WORKERS.filter((worker) => worker !== "c");
    for (const worker of without) {
      const before = shareOf(worker, WORKERS, COUNT);
      const after = shareOf(worker, without, COUNT);
      for (const partition of before) expect(after.has(partition)).toBe(true);
    }
  });

  it("are all one's own when nobody else lives", () => {
    expect(shareOf("a", ["a"], COUNT).size).toBe(COUNT);
  });
});
