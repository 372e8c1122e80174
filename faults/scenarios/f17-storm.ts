import { createHub, memoryPresenceStore } from "@tocsin/server-kit";
import { fakeClient, settled } from "../../packages/server-kit/src/testing/fake-client.js";
import { fakeClock } from "../../packages/server-kit/src/testing/fake-clock.js";
import type { FakeSocket } from "../../packages/server-kit/src/testing/fake-socket.js";
import { contract } from "../lib/contract.js";
import type { Dice } from "../lib/random.js";
import { NOTHING, type Scenario, unmet } from "../lib/scenario.js";

const SOCKETS = 200;
const CHANNELS = 40;
/** Between looks at the event loop; a client cannot be quicker than its own socket. */
const TURN = 500;
/** What a heap may have grown by; a single forgotten subscription in a hundred operations would be more. */
const HEAP_SLACK_BYTES = 2_000_000;

/** One operation of somebody: mostly subscribe and unsubscribe, now and then gone and another one there. */
async function storm(gate: Parameters<typeof fakeClient>[0], dice: Dice, operations: number) {
  const sockets: FakeSocket[] = [];
  for (let index = 0; index < SOCKETS; index += 1) sockets.push(await fakeClient(gate));
  for (let done = 0; done < operations; done += 1) {
    const index = dice.between(0, SOCKETS - 1);
    const channel = `journal:c${dice.between(0, CHANNELS - 1)}`;
    const kind = dice.between(0, 19);
    if (kind === 0) {
      sockets[index]?.hangUp();
      sockets[index] = await fakeClient(gate);
    } else sockets[index]?.receive({ type: kind < 11 ? "subscribe" : "unsubscribe", channel });
    if (done % TURN === 0) await settled();
  }
  for (const socket of sockets) socket.hangUp();
  await settled();
}

export const subscriptionStorm: Scenario = {
  id: "F17",
  title: "subscribe/unsubscribe/disconnect storm",
  withinSeconds: 300,
  async run({ dice, quick }) {
    const operations = quick ? 20_000 : 1_000_000;
    const clock = fakeClock();
    await using hub = createHub({
      contract,
      clock,
      presence: memoryPresenceStore(),
      limits: {
        connectionsPerAddress: 2 * SOCKETS,
        connectsPerSecond: 1e9, // the clock stands still, so nobody would ever have a turn
        messagesPerSecond: 1e9,
        messageBurst: 1e9,
      },
    });
    // Once around, so that what is made only once is made before the heap is measured.
    await storm(hub.gate, dice.fork(), Math.min(operations, 20_000));
    const before = heapBytes();
    await storm(hub.gate, dice.fork(), operations);
    clock.advance(10_000);
    await settled();
    const after = heapBytes();
    const { connections, subscriptions, channels, queuedBytes } = hub.stats();
    const left = { connections, subscriptions, channels, queuedBytes };
    const empty = Object.values(left).every((count) => count === 0);
    const grown = before === undefined || after === undefined ? undefined : after - before;
    const timers = clock.pending;
    return {
      ...NOTHING,
      events: operations,
      violations: unmet({
        [`left over: ${JSON.stringify(left)}`]: empty,
        [`${timers} timers left`]: timers <= 2, // the watch over connections and the renewal of presence
        [`the heap grew by ${grown} bytes`]: (grown ?? 0) <= HEAP_SLACK_BYTES,
      }),
      notes: [
        `maps and queues ${empty ? "empty" : "not empty"}, heap ` +
          (grown === undefined ? "not measured" : `${(grown / 1_000).toFixed(0)} kB apart`),
      ],
    };
  },
};

/** Bytes in use after a collection; `undefined` where this process cannot ask for one. */
function heapBytes(): number | undefined {
  if (!globalThis.gc) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
