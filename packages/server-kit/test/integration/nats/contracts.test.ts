import type { NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Nats,
  natsBroker,
  natsDedupStore,
  natsHistoryStore,
  natsPresenceStore,
  openNats,
} from "../../../src/nats/index.js";
import {
  describeBroker,
  describeDedupStore,
  describeHistoryStore,
  describePresenceStore,
  fakeClock,
} from "../../../src/testing/index.js";
import { checkHistoryAgainstModel } from "../../support/history-model.js";
import { type NatsServer, startNats } from "../../support/nats.js";

/** Long, for the machine may be busy; what a timeout does is tested elsewhere. */
const timeoutMs = 20_000;

let server: NatsServer;
let connection: NatsConnection;
let runs = 0;

/** Streams of their own keep the tests on one server apart; they are deleted, for each costs memory. */
async function ownNats(): Promise<Nats> {
  runs += 1;
  const nats = await openNats({ connection, prefix: `run-${runs}`, timeoutMs, maxClaimMs: 1e9 });
  return {
    ...nats,
    async [Symbol.asyncDispose]() {
      await nats[Symbol.asyncDispose]();
      const { history, claims, members } = nats.names;
      for (const name of [history, claims, `KV_${members}`]) await nats.jsm.streams.delete(name);
    },
  };
}

beforeAll(async () => {
  server = await startNats();
  connection = await server.connect();
});

afterAll(async () => {
  await connection.close();
  await server[Symbol.asyncDispose]();
});

describeHistoryStore(
  "NATS",
  async () => {
    const clock = fakeClock();
    const nats = await ownNats();
    const store = natsHistoryStore(nats, { now: clock.now });
    return {
      store,
      now: clock.now,
      advance: async (ms) => clock.advance(ms),
      restart: async () => natsHistoryStore(nats, { now: clock.now }),
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await nats[Symbol.asyncDispose]();
      },
    };
  },
  { appendsOnce: true },
);

describeDedupStore("NATS", async () => {
  const clock = fakeClock();
  const nats = await ownNats();
  const open = () => natsDedupStore(nats, { now: clock.now });
  return {
    store: open(),
    advance: async (ms) => clock.advance(ms),
    restart: async () => open(),
    [Symbol.asyncDispose]: nats[Symbol.asyncDispose],
  };
});

describePresenceStore("NATS", async () => {
  const clock = fakeClock();
  const nats = await ownNats();
  return {
    store: natsPresenceStore(nats, { now: clock.now }),
    advance: async (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: nats[Symbol.asyncDispose],
  };
});

describeBroker("NATS", async () => {
  const nats = await ownNats();
  const other = await server.connect();
  const far = await openNats({
    connection: other,
    prefix: `run-${runs}`,
    timeoutMs,
    maxClaimMs: 1e9,
  });
  return {
    a: natsBroker(nats),
    b: natsBroker(far),
    async [Symbol.asyncDispose]() {
      await far[Symbol.asyncDispose]();
      await other.close();
      await nats[Symbol.asyncDispose]();
    },
  };
});

describe("natsHistoryStore", () => {
  it.each([
    { holding: "all it has read", maxHeldBytes: 1e9 },
    { holding: "nothing from one call to the next", maxHeldBytes: 0 },
  ])("does what a naive model does, over random histories, holding $holding", async (it) => {
    const nats = await ownNats();
    let stores = 0;
    await checkHistoryAgainstModel(
      async () => {
        const clock = fakeClock();
        stores += 1;
        await nats.jsm.streams.purge(nats.names.history);
        const { maxHeldBytes } = it;
        const store = natsHistoryStore(nats, { now: clock.now, maxHeldBytes });
        return { store, now: clock.now, advance: async (ms) => clock.advance(ms) };
      },
      { numRuns: 20 },
    );
    expect(stores).toBeGreaterThan(0);
    await nats[Symbol.asyncDispose]();
  });
});
