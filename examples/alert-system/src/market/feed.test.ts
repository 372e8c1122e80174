import { describe, expect, it } from "vitest";
import { feedAlive } from "./feed.js";

describe("feedAlive", () => {
  const after = (silence: number, speed: number, lastTickAt: number | null = 1_000) =>
    feedAlive({ running: true, lastTickAt }, { now: 1_000 + silence, since: 1_000, speed });

  it("is false once a running market has been silent for half a minute (trap 6)", () => {
    expect(after(29_000, 1_000_000)).toBe(true);
    expect(after(31_000, 1_000_000)).toBe(false);
    expect(after(31_000, 1_000_000, null)).toBe(false);
  });

  it("has more patience with a market that was told to go slowly", () => {
    expect(after(600_000, 1)).toBe(true);
    expect(after(631_000, 1)).toBe(false);
  });

  it("expects nothing of a market that is stopped", () => {
    const stopped = { running: false, lastTickAt: 0 };
    expect(feedAlive(stopped, { now: 1e12, since: 0, speed: 1 })).toBe(true);
  });
});
