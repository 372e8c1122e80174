import { describe, expect, it } from "vitest";
import { monitorWith, ruleOf } from "../../../test/support/rules.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { LeaseLostError } from "../errors.js";
import type { Recorded } from "../store/alert-store.js";
import type { Lease } from "../store/lease-store.js";
import type { Transition } from "../transition.js";
import { createRecorder } from "./recorder.js";

const monitor = monitorWith([{ kind: "take-profit", price: 105 }]);
const silence = (at: number): Transition => ({
  type: "no-data",
  monitor: { ...monitor, rules: [ruleOf({ kind: "take-profit", price: 105 })] },
  at,
  lastAt: 0,
  lastPrice: null,
});
const lease = (partition: number, token = 1): Lease => ({
  partition,
  owner: "w",
  token,
  expiresAt: 1e12,
});

function setUp() {
  const batches: { readonly times: number[]; readonly partition: number | undefined }[] = [];
  const state = { broken: false, lost: new Set<number>(), commits: 0 };
  const clock = fakeClock();
  const recorder = createRecorder({
    store: {
      async record(transitions, under): Promise<Recorded> {
        if (state.broken) throw new Error("disk full");
        if (under && state.lost.has(under.partition)) throw new LeaseLostError(under.partition);
        batches.push({
          times: transitions.map((transition) => ("at" in transition ? transition.at : -1)),
          partition: under?.partition,
        });
        return { fired: [], resolved: [], suppressed: transitions.length };
      },
    },
    onRecorded: () => {
      state.commits += 1;
    },
    clock,
  });
  return { recorder, batches, state, clock, times: () => batches.map(({ times }) => times) };
}

describe("createRecorder", () => {
  it("stores in order, what comes during a commit together in the next", async () => {
    const { recorder, times, state } = setUp();
    recorder.add([silence(1)]);
    recorder.add([silence(2)]);
    recorder.add([silence(3)]);
    expect(await recorder.flush()).toBe(true);
    expect(times()).toEqual([[1], [2, 3]]);
    expect(state.commits).toBe(2);
    expect(recorder.backlog).toBe(0);
  });

  it("keeps what cannot be stored, says so, and stores it in order later", async () => {
    const { recorder, times, state, clock } = setUp();
    state.broken = true;
    recorder.add([silence(1)]);
    expect(await recorder.flush()).toBe(false);
    recorder.add([silence(2)]);
    expect(recorder.failing).toBe(true);
    expect(recorder.backlog).toBe(2);
    state.broken = false;
    clock.advance(1_000);
    expect(await recorder.flush()).toBe(true);
    expect(times()).toEqual([[1, 2]]);
    expect(recorder.failing).toBe(false);
  });

  it("does not hold a commit open for long: a burst is split", async () => {
    const { recorder, times } = setUp();
    recorder.add(Array.from({ length: 1_200 }, (_, index) => silence(index)));
    await recorder.flush();
    expect(times().map((batch) => batch.length)).toEqual([500, 500, 200]);
  });

  it("stores what was found under different leases apart, and drops what lost its lease", async () => {
    const { recorder, batches, state } = setUp();
    state.lost.add(2);
    recorder.add([silence(1)], lease(1));
    recorder.add([silence(2)], lease(2));
    recorder.add([silence(3)], lease(1));
    recorder.add([silence(4)], lease(1, 2));
    expect(await recorder.flush()).toBe(true);
    expect(batches).toEqual([
      { times: [1], partition: 1 },
      { times: [3], partition: 1 },
      { times: [4], partition: 1 },
    ]);
    expect(recorder.failing).toBe(false);
  });

  it("calls its next attempt off when closed", async () => {
    const { recorder, state, clock } = setUp();
    state.broken = true;
    recorder.add([silence(1)]);
    await recorder.flush();
    recorder.close();
    expect(clock.pending).toBe(0);
  });
});
