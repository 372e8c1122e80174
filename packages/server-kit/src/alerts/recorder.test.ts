import { describe, expect, it } from "vitest";
import { monitorOf, NOON, takeProfit, triggerOf } from "../../test/support/alerts.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { Recorded } from "./alert-store.js";
import type { Trigger } from "./evaluator.js";
import { createRecorder } from "./recorder.js";

const trigger = (at: number) => triggerOf(monitorOf([takeProfit(105)]), takeProfit(105), NOON + at);

function setUp() {
  const batches: number[][] = [];
  const state = { broken: false, commits: 0 };
  const clock = fakeClock();
  const recorder = createRecorder({
    store: {
      async record(triggers: readonly Trigger[]): Promise<Recorded> {
        if (state.broken) throw new Error("disk full");
        batches.push(triggers.map(({ at }) => at - NOON));
        return { fired: [], suppressed: triggers.length };
      },
    },
    onRecorded: () => {
      state.commits += 1;
    },
    clock,
  });
  return { recorder, batches, state, clock };
}

describe("createRecorder", () => {
  it("stores triggers in order, those that come during a commit together in the next", async () => {
    const { recorder, batches, state } = setUp();
    recorder.add([trigger(1)]);
    recorder.add([trigger(2)]);
    recorder.add([trigger(3)]);
    expect(await recorder.flush()).toBe(true);
    expect(batches).toEqual([[1], [2, 3]]);
    expect(state.commits).toBe(2);
    expect(recorder.backlog).toBe(0);
  });

  it("keeps what cannot be stored, says so, and stores it in order later", async () => {
    const { recorder, batches, state, clock } = setUp();
    state.broken = true;
    recorder.add([trigger(1)]);
    expect(await recorder.flush()).toBe(false);
    recorder.add([trigger(2)]);
    expect(recorder.failing).toBe(true);
    expect(recorder.backlog).toBe(2);
    state.broken = false;
    clock.advance(1_000);
    expect(await recorder.flush()).toBe(true);
    expect(batches).toEqual([[1, 2]]);
    expect(recorder.failing).toBe(false);
  });

  it("does not hold a commit open for long: a burst is split", async () => {
    const { recorder, batches } = setUp();
    recorder.add(Array.from({ length: 1_200 }, (_, index) => trigger(index)));
    await recorder.flush();
    expect(batches.map((batch) => batch.length)).toEqual([500, 500, 200]);
  });

  it("calls its next attempt off when closed", async () => {
    const { recorder, state, clock } = setUp();
    state.broken = true;
    recorder.add([trigger(1)]);
    await recorder.flush();
    recorder.close();
    expect(clock.pending).toBe(0);
  });
});
