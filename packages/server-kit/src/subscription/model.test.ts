import { defineContract, log } from "@tocsin/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createHub } from "../hub/create-hub.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryStore } from "../store/history-store.js";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { FakeSocket } from "../testing/fake-socket.js";

const item = z.object({ n: z.number(), text: z.string() });
/** A few of the large ones are more than a reader takes at once, and some more are more than its outbox. */
const SIZES = { small: 10, large: 20_000 };
const OUTBOX_BYTES = 100_000;

const contractOf = (size: number) =>
  defineContract({ channels: { log: log("log", item, { history: { size } }) } });

type Hub = ReturnType<typeof createHub<ReturnType<typeof contractOf>>>;

/** A history store whose reads wait until the test lets them go, one after the other. */
function gated(inner: HistoryStore) {
  const waiting: (() => void)[] = [];
  const store: HistoryStore = {
    ...inner,
    async read(channel, query) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return inner.read(channel, query);
    },
  };
  return {
    store,
    releaseOne: () => waiting.shift()?.(),
    releaseAll: () => {
      const count = waiting.length;
      for (const go of waiting.splice(0)) go();
      return count;
    },
  };
}

/**
 * A reader that follows the protocol by the letter. What it has been told, events and counted gaps together, must
 * be every number since the position it began at, each once and in order.
 */
async function createReader(hub: Hub) {
  let client: FakeSocket = await fakeClient(hub.gate);
  let read = 0;
  let active = false;
  let position: { epoch: string; offset: number } | undefined;
  let gaps = 0;
  let replayed = 0;
  /** Newest offset this subscription was sent; a client would not notice a repeat, so the reader must. */
  let sentUpTo = 0;

  function take(): void {
    for (const message of client.sent.slice(read)) {
      if (message.type === "subscribed") {
        active = true;
        const { epoch, offset, recovery, gap } = message;
        sentUpTo = recovery === "recovered" ? 0 : offset;
        position ??= { epoch, offset };
        expect(epoch).toBe(position.epoch);
        if (recovery === "gap") {
          gaps += 1;
          // whatever is asked for in place may have arrived meanwhile, so a gap may begin earlier, but never later
          expect(gap?.from).toBeLessThanOrEqual(position.offset + 1);
          expect(gap?.to).toBe(offset);
          position = { epoch, offset: Math.max(position.offset, offset) };
        }
        // asked before there was a position to name: it begins here
        if (recovery === "fresh") position = { epoch, offset: Math.max(position.offset, offset) };
        if (recovery === "nothing-missed") expect(offset).toBeLessThanOrEqual(position.offset);
      } else if (message.type === "unsubscribed") active = false;
      else if (message.type === "event") {
        expect(active, "nothing comes of a channel that was left").toBe(true);
        const { offset = 0 } = message;
        expect(offset, "offsets ascend, and none comes twice").toBeGreaterThan(sentUpTo);
        sentUpTo = offset;
        if (message.replayed) replayed += 1;
        if (position === undefined || offset <= position.offset) continue;
        expect(offset, "the next number").toBe(position.offset + 1);
        expect(Object(message.data).n).toBe(offset);
        position = { ...position, offset };
      }
    }
    read = client.sent.length;
  }

  const reader = {
    take,
    /** Asks for the channel from where it is; while it has it, that is a change in place. */
    subscribe: () => client.receive({ type: "subscribe", channel: "log", since: position }),
    unsubscribe: () => client.receive({ type: "unsubscribe", channel: "log" }),
    async cut() {
      take();
      client.hangUp();
      client = await fakeClient(hub.gate);
      read = 0;
      active = false;
    },
    get client() {
      return client;
    },
    counts: () => ({ gaps, replayed, offset: position?.offset }),
  };
  return reader;
}

const which = fc.nat(1);
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("publish" as const),
      size: fc.constantFrom("small" as const, "large" as const),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("release" as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("turn" as const) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom(
        "subscribe" as const,
        "subscribe" as const,
        "unsubscribe" as const,
        "turnOut" as const,
        "cut" as const,
        "stall" as const,
        "drain" as const,
        "drain" as const,
      ),
      which,
    }),
  },
);

describe.each([
  ["everything", 1_000_000],
  ["five events", 5],
])("readers of a log that keeps %s", (_name, size) => {
  it("have all of it since their position, once and in order, or a counted gap, whatever the interleaving (E1, E2, E17, E21, C2)", async () => {
    const total = { gaps: 0, replayed: 0, tooSlow: 0, turnedOut: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { minLength: 10, maxLength: 60, size: "max" }),
        async (commands) => {
          const clock = fakeClock();
          const contract = contractOf(size);
          const { store, releaseOne, releaseAll } = gated(memoryHistoryStore({ now: clock.now }));
          const hub = createHub({
            contract,
            clock,
            history: store,
            heartbeat: { intervalMs: 1e9 },
            limits: { outboxBytes: OUTBOX_BYTES },
          });
          const readers = [await createReader(hub), await createReader(hub)] as const;
          let published = 0;

          const comeBack = async (reader: (typeof readers)[number]) => {
            if (reader.client.ending?.code !== 4008) return;
            total.tooSlow += 1;
            await reader.cut();
          };
          for (const step of commands) {
            if (step.do === "publish") {
              for (let n = 0; n < step.count; n += 1) {
                published += 1;
                const text = "x".repeat(SIZES[step.size]);
                await hub.publish(contract.log(), { n: published, text });
              }
            } else if (step.do === "release") releaseOne();
            else if (step.do === "turn") await settled();
            else {
              const reader = readers[step.which as 0 | 1];
              if (step.do === "turnOut") {
                const [client] = reader.client.got("connected");
                total.turnedOut += hub.unsubscribe(contract.log(), {
                  clientId: client?.clientId ?? "",
                });
              } else if (step.do === "cut") await reader.cut();
              else if (step.do === "stall") reader.client.stall();
              else if (step.do === "drain") reader.client.drain();
              else {
                reader.take();
                reader[step.do]();
              }
            }
            for (const reader of readers) {
              reader.take();
              await comeBack(reader);
            }
          }

          // and in the end everybody who wants it has it
          for (const reader of readers) {
            reader.client.drain();
            reader.take();
            await comeBack(reader);
            reader.take();
            reader.subscribe();
          }
          for (let round = 0, quiet = 0; round < 2_000 && quiet < 5; round += 1) {
            const busy = releaseAll() > 0;
            for (const reader of readers) {
              reader.client.drain();
              reader.take();
              if (reader.client.ending?.code === 4008) {
                await comeBack(reader);
                reader.subscribe();
              }
            }
            await settled();
            quiet = busy ? 0 : quiet + 1;
          }
          for (const reader of readers) {
            const { gaps, replayed, offset } = reader.counts();
            expect(reader.client.ending).toBeUndefined();
            expect(offset).toBe(published);
            if (size > 1_000) expect(gaps).toBe(0);
            total.gaps += gaps;
            total.replayed += replayed;
            reader.client.hangUp();
          }
          await settled();
          expect(hub.stats()).toMatchObject({
            connections: 0,
            subscriptions: 0,
            channels: 0,
            queuedBytes: 0,
          });
        },
      ),
      { numRuns: 150 },
    );
    // a model that never met what it is about would prove nothing
    expect(total.replayed).toBeGreaterThan(0);
    expect(total.tooSlow).toBeGreaterThan(0);
    expect(total.turnedOut).toBeGreaterThan(0);
    if (size < 1_000) expect(total.gaps).toBeGreaterThan(0);
  }, 60_000);
});
