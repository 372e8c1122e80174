import type { ServiceStatus } from "@tocsin-example/alert-contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { positionOf, replayState, speedChoices } from "./replay-state.js";

const status = (over: Partial<ServiceStatus> = {}): ServiceStatus => ({
  running: true,
  speed: 60,
  marketTime: 50,
  range: { from: 0, to: 100 },
  ticks: 1,
  fired: 0,
  suppressed: 0,
  ended: false,
  stale: [],
  ...over,
});

test("what the market does is told only while it is known", () => {
  const seen = (over?: Partial<ServiceStatus>, connected = true) =>
    replayState({ status: status(over), connected });
  expect(replayState({ status: undefined, connected: true })).toBe("loading");
  expect(seen({}, false)).toBe("unknown");
  expect(seen()).toBe("playing");
  expect(seen({ running: false })).toBe("stopped");
  expect(seen({ ended: true })).toBe("ended");
  expect(seen({ range: null })).toBe("live");
});

test("a speed that was set elsewhere can be shown", () => {
  expect(speedChoices(90)).toContain(90);
  expect(speedChoices(60)).toEqual([...new Set(speedChoices(60))]);
});

test("a position lies within the replay, wherever market time is", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1 }), fc.integer(), (from, length, marketTime) => {
      const at = positionOf(status({ range: { from, to: from + length }, marketTime }));
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(1);
    }),
  );
  expect(positionOf(status({ range: null }))).toBeUndefined();
  expect(positionOf(status({ marketTime: null }))).toBe(0);
});
