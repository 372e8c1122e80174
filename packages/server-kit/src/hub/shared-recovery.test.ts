import { defineContract, log } from "@tocsin/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryStore } from "../store/history-store.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { FakeSocket } from "../testing/fake-socket.js";
import { createHub } from "./create-hub.js";

const contract = defineContract({
  channels: { c: log("c", z.number(), { history: { size: 1_000 } }) },
});
const ref = contract.c();

/** A hub whose history is counted, and answers only when it is told to. */
function setUp() {
  const clock = fakeClock();
  const kept = memoryHistoryStore({ now: clock.now });
  const state = { reads: 0, waiting: [] as (() => void)[], slow: false };
  const history: HistoryStore = {
    ...kept,
    async read(...query) {
      state.reads += 1;
      const page = await kept.read(...query);
      if (state.slow) await new Promise<void>((resolve) => state.waiting.push(resolve));
      return page;
    },
  };
  const hub = createHub({
    contract,
    history,
    clock,
    limits: { connectionsPerAddress: 10_000 },
    heartbeat: { intervalMs: 3_600_000 },
  });
  const answer = () => {
    for (const go of state.waiting.splice(0)) go();
  };
  return { clock, hub, history: kept, state, answer };
}

async function comeBack(hub: ReturnType<typeof setUp>["hub"], epoch: string, offset: number) {
  const socket = await fakeClient(hub.gate);
  socket.receive({ type: "subscribe", channel: "c", since: { epoch, offset } });
  return socket;
}

const events = (socket: FakeSocket) => socket.got("event").map(({ data }) => data);

describe("clients that come back to one position (F11)", () => {
  it("are all brought up to date by one read of the history", async () => {
    const { hub, state } = setUp();
    const { epoch } = await hub.publish(ref, 1);
    for (let n = 2; n <= 50; n++) await hub.publish(ref, n);
    state.reads = 0;
    const sockets = [];
    for (let n = 0; n < 100; n++) sockets.push(await comeBack(hub, epoch, 10));
    await settled();
    const missed = Array.from({ length: 40 }, (_, n) => n + 11);
    for (const socket of sockets) expect(events(socket)).toEqual(missed);
    expect(state.reads).toBe(1);
  });

  it("get each event once, in order, whatever is published and read meanwhile", async () => {
    const step = fc.constantFrom("publish", "join", "join", "answer", "a while", "leave");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, slow) => {
        const { clock, hub, state, answer } = setUp();
        const { epoch } = await hub.publish(ref, 1);
        state.slow = slow;
        let published = 1;
        const sockets: FakeSocket[] = [];
        for (const what of steps) {
          if (what === "publish") {
            published += 1;
            await hub.publish(ref, published);
          } else if (what === "join") sockets.push(await comeBack(hub, epoch, 1));
          else if (what === "leave") sockets.shift()?.hangUp();
          else if (what === "a while") clock.advance(10_000);
          else answer();
          if (published % 2 === 0) await settled();
        }
        state.slow = false;
        answer();
        await settled();
        published += 1;
        await hub.publish(ref, published);
        await settled();
        const all = Array.from({ length: published - 1 }, (_, n) => n + 2);
        for (const socket of sockets) expect(events(socket)).toEqual(all);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
