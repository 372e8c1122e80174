import { createBell, poll } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import { contract } from "../lib/contract.js";
import { createProxy } from "../lib/proxy.js";
import { createReader } from "../lib/reader.js";
import { NOTHING, outcomeOf, type Run, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";

/** All that may be held for one reader, what is on its way included. */
const MOST_BYTES = 1_048_576;

const LARGE_BYTES = 60_000;

/** One reader behind a proxy of its own. */
async function lonely({ dice }: Run, heartbeat = { intervalMs: 25_000, timeoutMs: 8_000 }) {
  const bell = createBell();
  const server = await startServer({ heartbeat });
  const proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
  const reader = createReader({
    name: "reader",
    url: proxy.url,
    channel: { kind: "journal", name: "odd" },
    bell,
    dice: dice.fork(),
  });
  await bell.until(() => reader.live, 10_000, "the reader joined");
  return {
    bell,
    server,
    proxy,
    reader,
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Sends requests whose answers are large, and takes none of them. */
export const neverReads: Scenario = {
  id: "S1",
  title: "sends but never reads",
  withinSeconds: 60,
  async run(run) {
    await using at = await lonely(run);
    const { server, proxy, reader, bell } = at;
    const kept = 40;
    const odd = { channel: "journal", name: "odd" } as const;
    await server.ask({ do: "publish", ...odd, from: 1, to: kept, padBytes: 4_096 });
    await bell.until(() => reader.newest === kept, 10_000, "the reader has what there is");
    await server.ask({ do: "peak" });
    proxy.setMode({ is: "stall" }, ["down"]);
    const ref = contract.journal({ name: "odd" });
    let asked = 0;
    let peak = 0;
    await poll(
      async () => {
        asked += 1;
        // Given up soon: what is still wanted is asked for again after a reconnect, and this reader has had enough.
        reader.client.history(ref, { timeoutMs: 1_000 }).catch(() => {});
        peak = Math.max(peak, await server.ask({ do: "peak" }));
        return ((await server.ask({ do: "stats" })).closed["4008"] ?? 0) > 0;
      },
      20_000,
      "the server closed the reader",
      1,
    );
    proxy.setMode({ is: "pass" }, ["down"]);
    proxy.link?.cut("reset");
    await server.ask({ do: "publish", ...odd, from: kept + 1, to: kept + 1 });
    await bell.until(() => reader.newest === kept + 1, 20_000, "back, and reading");
    return {
      ...NOTHING,
      events: asked,
      cuts: 1,
      peakBytes: peak,
      violations: unmet({ [`${peak} bytes held`]: peak <= MOST_BYTES }),
      notes: [`closed as too slow after ${asked} requests; came back and read on`],
    };
  },
};

export const byteASecond: Scenario = {
  id: "S2",
  title: "reads one byte a second",
  withinSeconds: 90,
  async run(run) {
    await using at = await lonely(run);
    const { server, proxy, reader, bell } = at;
    const odd = { channel: "journal", name: "odd" } as const;
    let events = 0;
    proxy.setMode({ is: "drip", everyMs: 1_000 }, ["down"]);
    await poll(
      async () => {
        const [from, to] = [events + 1, events + 4];
        await server.ask({ do: "publish", ...odd, from, to, padBytes: LARGE_BYTES });
        events = to;
        return ((await server.ask({ do: "stats" })).closed["4008"] ?? 0) > 0;
      },
      30_000,
      "the server closed the reader",
      20, // so slowly that what it misses until it is gone can still be replayed
    );
    const peak = await server.ask({ do: "peak" });
    proxy.setMode({ is: "pass" }, ["down"]);
    proxy.link?.cut("reset");
    await bell.until(() => reader.newest === events, 20_000, "caught up").catch(() => {});
    const publishes = Array.from({ length: events }, (_none, index) => ({
      value: index + 1,
      outcome: "acked" as const,
    }));
    const verdict = check([{ channel: reader.channel, publishes, readers: [reader] }]);
    return outcomeOf(verdict, {
      events,
      cuts: 1,
      peakBytes: peak,
      violations: unmet({
        [`${peak} bytes held`]: peak <= MOST_BYTES,
        [`${verdict.gaps} gaps inside retention`]: verdict.gaps === 0,
      }),
      notes: ["closed as too slow; recovered everything once it read again"],
    });
  },
};

export const vanishes: Scenario = {
  id: "S3",
  title: "disappears without FIN",
  withinSeconds: 60,
  async run(run) {
    // Given up after interval and timeout, and given a second to say goodbye.
    const heartbeat = { intervalMs: 1_000, timeoutMs: 1_000 };
    await using at = await lonely(run, heartbeat);
    const { server, proxy, reader } = at;
    proxy.refusing = true; // it does not come back either
    proxy.link?.cut("vanish-client");
    const ms = await poll(
      async () => (await server.ask({ do: "stats" })).connections === 0,
      10_000,
      "the server let go",
    );
    const { subscriptions, channels, closed } = await server.ask({ do: "stats" });
    await reader.client.close();
    return {
      ...NOTHING,
      cuts: 1,
      violations: unmet({
        [`gone after ${ms.toFixed(0)} ms`]: ms <= 4_000,
        [`${subscriptions} subscriptions, ${channels} channels left`]:
          subscriptions + channels === 0,
      }),
      notes: [
        `let go after ${ms.toFixed(0)} ms, closed ${JSON.stringify(closed)}; nothing left of it`,
      ],
    };
  },
};
