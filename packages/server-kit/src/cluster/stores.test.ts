import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { silentLogger } from "../logger.js";
import type { BrokerState } from "../store/broker.js";
import { memoryDedupStore } from "../store/dedup-memory.js";
import type { ChannelEvent } from "../store/event.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { Keep } from "../store/history-store.js";
import { memoryPresenceStore } from "../store/presence-memory.js";
import {
  describeBroker,
  describeDedupStore,
  describeHistoryStore,
  describePresenceStore,
  fakeClock,
  settled,
} from "../testing/index.js";
import { type ClusterStoresOptions, storesOver } from "./cluster-stores.js";
import { PrimaryStoreError, PrimaryTimeoutError, PrimaryUnavailableError } from "./errors.js";
import type { Link } from "./link.js";
import { createServer } from "./serve.js";

const LOG: Keep = { mode: "log", size: 100, ttlMs: 3_600_000 };
const entry = (data: unknown) => ({ data, timestamp: 1 });

/** Two ends of a line that carries what has a JSON form, as the line between processes does. */
function line() {
  const ends = [new EventEmitter(), new EventEmitter()] as const;
  const state = { deaf: false, waiting: [] as (() => void)[] };
  const linkOf = (own: EventEmitter, other: EventEmitter, canStall: boolean): Link => ({
    send(message, sent) {
      const text = JSON.stringify(message);
      const go = () => {
        other.emit("message", JSON.parse(text));
        sent(null);
      };
      if (canStall && state.deaf) state.waiting.push(go);
      else queueMicrotask(go);
    },
    onMessage: (listener) => void own.on("message", listener),
    onEnd: (listener) => void own.on("end", listener),
  });
  return {
    worker: linkOf(ends[0], ends[1], false),
    primary: linkOf(ends[1], ends[0], true),
    /** What the primary says does not arrive for now. */
    stall() {
      state.deaf = true;
    },
    resume() {
      state.deaf = false;
      for (const go of state.waiting.splice(0)) go();
    },
    end() {
      for (const end of ends) end.emit("end");
    },
  };
}

function setUp() {
  const clock = fakeClock();
  const stores = {
    history: memoryHistoryStore({ now: clock.now }),
    dedup: memoryDedupStore({ now: clock.now }),
    presence: memoryPresenceStore({ now: clock.now }),
  };
  const server = createServer(stores, silentLogger);
  const fork = async (options: ClusterStoresOptions = {}) => {
    const between = line();
    server.serve(between.primary);
    return { ...(await storesOver(between.worker, { clock, ...options })), between };
  };
  return { clock, server, fork };
}

const dispose = async () => {};

describeHistoryStore("node:cluster", async () => {
  const { clock, fork } = setUp();
  return {
    store: (await fork()).history,
    now: clock.now,
    advance: async (ms) => clock.advance(ms),
    restart: async () => (await setUp().fork()).history,
    [Symbol.asyncDispose]: dispose,
  };
});

describeDedupStore("node:cluster", async () => {
  const { clock, fork } = setUp();
  return {
    store: (await fork()).dedup,
    advance: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: dispose,
  };
});

describePresenceStore("node:cluster", async () => {
  const { clock, fork } = setUp();
  return {
    store: (await fork()).presence,
    advance: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: dispose,
  };
});

describeBroker("node:cluster", async () => {
  const { fork } = setUp();
  const [a, b] = [await fork({ announced: false }), await fork({ announced: false })];
  return { a: a.broker, b: b.broker, [Symbol.asyncDispose]: dispose };
});

/** What a worker hears, and how its broker stands. */
function hear({ broker }: Awaited<ReturnType<ReturnType<typeof setUp>["fork"]>>) {
  const events: ChannelEvent[] = [];
  const states: BrokerState["is"][] = [];
  broker.onEvent((event) => events.push(event));
  broker.onState(({ is }) => states.push(is));
  return { events, states };
}

describe("the workers of a cluster", () => {
  it("hear what any of them stored, in one order", async () => {
    const { fork } = setUp();
    const workers = [await fork(), await fork()];
    const heard = workers.map(hear);
    for (const { broker } of workers) await broker.subscribe("c");
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => workers[n % 2]!.history.append("c", entry(n), LOG)),
    );
    await settled();
    for (const { events } of heard) {
      expect(events.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 50 }, (_, n) => n + 1),
      );
    }
    expect(heard[0]!.events).toEqual(heard[1]!.events);
  });

  it("are told that events were left out when they do not take them, and memory stays where it is", async () => {
    const { fork } = setUp();
    const [slow, quick] = [await fork(), await fork()];
    const heard = hear(slow);
    await slow.broker.subscribe("c");
    slow.between.stall();
    for (let n = 0; n < 10_500; n += 1) await quick.history.append("c", entry(n), LOG);
    slow.between.resume();
    await settled();
    expect(heard.events).toHaveLength(10_000);
    expect(heard.states).toEqual(["down", "up"]);
    await quick.history.append("c", entry("after"), LOG);
    await settled();
    expect(heard.events.at(-1)).toMatchObject({ offset: 10_501, data: "after" });
  });

  it("leave nothing behind when they end", async () => {
    const { server, fork } = setUp();
    const [a, b] = [await fork(), await fork()];
    await a.broker.subscribe("c");
    a.between.end();
    expect(server.workers).toBe(1);
    await b.history.append("c", entry(1), LOG);
  });

  it("are given the words of a store that failed, and whether trying again may help", async () => {
    const clock = fakeClock();
    const history = memoryHistoryStore({ now: clock.now });
    const server = createServer(
      {
        history: { ...history, read: () => Promise.reject(new PrimaryUnavailableError("full")) },
        dedup: memoryDedupStore(),
        presence: memoryPresenceStore(),
      },
      silentLogger,
    );
    const { worker, primary } = line();
    server.serve(primary);
    const stores = await storesOver(worker, { clock });
    const reading = stores.history.read("c");
    await expect(reading).rejects.toThrow(PrimaryStoreError);
    await expect(reading).rejects.toMatchObject({ message: "full", retryable: true });
  });

  it("are refused in time by a primary that stands still, at once after a while, and served when it goes on", async () => {
    const { clock, fork } = setUp();
    const { history, between } = await fork({ timeoutMs: 500 });
    between.stall();
    const first = Array.from({ length: 64 }, () => history.read("c").catch((error) => error));
    clock.advance(500);
    for (const error of await Promise.all(first)) expect(error).toBeInstanceOf(PrimaryTimeoutError);
    await expect(history.read("c")).rejects.toThrow(/left 64 calls unanswered/);
    expect(clock.pending).toBe(0);
    between.resume();
    expect(await history.read("c")).toMatchObject({ offset: 0 });
  });

  it("say so when the primary is gone, and wait for nothing", async () => {
    const { fork } = setUp();
    const worker = await fork();
    const { states } = hear(worker);
    worker.between.stall();
    const reading = worker.history.read("c");
    worker.between.end();
    await expect(reading).rejects.toThrow(PrimaryUnavailableError);
    await expect(worker.history.read("c")).rejects.toThrow(PrimaryUnavailableError);
    expect(states).toEqual(["down"]);
  });
});
