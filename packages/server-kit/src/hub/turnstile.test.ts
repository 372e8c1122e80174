import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/fake-clock.js";
import { createTurnstile } from "./turnstile.js";

function start({ perSecond = 100, maxWaitMs = 1_000 } = {}) {
  const clock = fakeClock();
  const turnstile = createTurnstile({ clock, perSecond, maxWaitMs });
  const passedAt: number[] = [];
  const away: number[] = [];
  /** One comes; whoever gets through writes down when. */
  const come = () => {
    const turn = turnstile.pass();
    if (typeof turn === "number") away.push(turn);
    else if (turn === undefined) passedAt.push(clock.now());
    else void turn.then(() => passedAt.push(clock.now()));
  };
  /** Lets time pass, and promises on the way. */
  const advance = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await Promise.resolve();
    }
  };
  return { clock, come, advance, passedAt, away };
}

/** The most that passed within one second. */
const fullest = (times: readonly number[]) =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));

describe("a turnstile", () => {
  it("lets a few through at once, without a wait", () => {
    const { come, passedAt, clock } = start();
    for (let n = 0; n < 10; n += 1) come();
    expect(passedAt).toHaveLength(10);
    expect(clock.pending).toBe(0);
  });

  it("never lets more through in a second than its pace and a tenth, however many come (F14)", async () => {
    const { come, advance, passedAt } = start({ maxWaitMs: 10_000 });
    for (let n = 0; n < 500; n += 1) come();
    await advance(10_000);
    expect(passedAt).toHaveLength(500);
    expect(fullest(passedAt)).toBeLessThanOrEqual(111);
    expect(passedAt).toEqual(passedAt.toSorted((a, b) => a - b));
  });

  it("turns away whoever would wait too long, and says when there is room", async () => {
    const { come, advance, passedAt, away } = start({ maxWaitMs: 1_000 });
    for (let n = 0; n < 500; n += 1) come();
    expect(away).toHaveLength(500 - 111);
    expect(Math.min(...away)).toBeGreaterThan(1_000);
    await advance(1_000);
    expect(passedAt).toHaveLength(111);
    come();
    expect(passedAt).toHaveLength(111); // at full use it has no room to spare
    await advance(500);
    come();
    expect(passedAt).toHaveLength(113);
  });

  it("does not save up for later what nobody used", async () => {
    const { come, advance, passedAt } = start();
    await advance(60_000);
    for (let n = 0; n < 100; n += 1) come();
    expect(passedAt).toHaveLength(10 + 1);
  });
});
