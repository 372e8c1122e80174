import { describe, expect, it } from "vitest";
import type { Broker } from "../store/broker.js";
import { settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createInterest } from "./interest.js";

/** An interest, and what the broker was told, in order. */
function setUp(lingerMs = 5_000) {
  const clock = fakeClock();
  const told: string[] = [];
  const state = { refusing: false };
  const broker: Broker = {
    async publish() {},
    async subscribe(channel) {
      if (state.refusing) throw new Error("not now");
      told.push(`+${channel}`);
    },
    async unsubscribe(channel) {
      told.push(`-${channel}`);
    },
    onEvent: () => () => {},
    async [Symbol.asyncDispose]() {},
  };
  const failures: unknown[] = [];
  const interest = createInterest({
    broker,
    clock,
    lingerMs,
    onFailure: (error) => failures.push(error),
  });
  return { clock, told, state, failures, interest };
}

describe("the interest in a channel", () => {
  it("outlives its last reader for a while, so that one who comes back costs nothing", async () => {
    const { clock, told, interest } = setUp();
    interest.changed("a", true);
    await settled();
    for (let turn = 0; turn < 10; turn += 1) {
      interest.changed("a", false);
      clock.advance(4_999);
      interest.changed("a", true);
    }
    await settled();
    expect(told).toEqual(["+a"]);
    interest.changed("a", false);
    clock.advance(5_000);
    await settled();
    expect(told).toEqual(["+a", "-a"]);
  });

  it("ends for each channel in its own time, with one timer for all", async () => {
    const { clock, told, interest } = setUp();
    for (const channel of ["a", "b"]) interest.changed(channel, true);
    interest.changed("a", false);
    clock.advance(1_000);
    interest.changed("b", false);
    expect(clock.pending).toBe(1);
    clock.advance(4_000);
    await settled();
    expect(told).toEqual(["+a", "+b", "-a"]);
    clock.advance(1_000);
    await settled();
    expect(told.at(-1)).toBe("-b");
    expect(clock.pending).toBe(0);
  });

  it("is asked for again when the broker had refused it, however soon the next reader comes", async () => {
    const { told, state, failures, interest } = setUp();
    state.refusing = true;
    interest.changed("a", true);
    await expect(interest.settled("a")).rejects.toThrow("not now");
    interest.changed("a", false);
    state.refusing = false;
    interest.changed("a", true);
    await interest.settled("a");
    expect(failures).toHaveLength(1);
    expect(told).toEqual(["+a"]);
  });

  it("is renewed only while it is wanted", async () => {
    const { told, interest } = setUp();
    interest.changed("a", true);
    await interest.renew("a");
    expect(told).toEqual(["+a", "-a", "+a"]);
    interest.changed("a", false);
    await interest.renew("a");
    expect(told).toHaveLength(3);
  });

  it("ends at once when the hub stops", async () => {
    const { clock, told, interest } = setUp();
    for (const channel of ["a", "b"]) interest.changed(channel, true);
    interest.changed("a", false);
    interest.stop();
    interest.changed("b", false);
    await settled();
    expect(told).toEqual(["+a", "+b", "-a", "-b"]);
    expect(clock.pending).toBe(0);
  });
});
