import { type Bell, createBell, poll } from "../lib/bell.js";
import { type ChannelHistory, check } from "../lib/checker.js";
import { contract } from "../lib/contract.js";
import { createProxy, type TcpProxy } from "../lib/proxy.js";
import { createReader, type Reader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { type ServerProcess, startServer } from "../lib/server-process.js";

/** All that may be held for one reader, what is on its way included. */
const BUDGET_BYTES = 1_048_576;

/** Big enough that a few seconds of them fill every buffer of the kernel and then the outbox. */
const PAD_BYTES = 32_768;

/**
 * 1,000 events a second: 900 small ones spread over 90 channels, each with eleven of the readers, and 100 large ones
 * on two channels that the slow reader alone has. That makes 10,000 deliveries a second, which two cores can carry; with
 * every reader on every channel it would be a million.
 */
const FULL = { channels: 90, readers: 999, seconds: 7.5, pairs: 4, ticksPerS: 900, floodPerS: 50 };
const QUICK = { channels: 5, readers: 20, seconds: 1.5, pairs: 1, ticksPerS: 100, floodPerS: 300 };

type PerKind = Record<"reading" | "stalled", number[]>;

/** What is published in the seconds before anything is measured, while all code is still cold. */
const WARM_UP_S = 3;

export const slowReader: Scenario = {
  id: "F12",
  title: "one stalled reader among many",
  withinSeconds: 240,
  async run({ dice, quick }) {
    const size = quick ? QUICK : FULL;
    const bell = createBell();
    await using server = await startServer();
    await using proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
    const readers = Array.from({ length: size.readers }, (_none, index) =>
      createReader({
        name: `reader ${index + 1}`,
        url: server.url,
        channel: { kind: "journal", name: `ticks${index % size.channels}` },
        bell: SILENT,
        dice: dice.fork(),
        connectTimeoutMs: 30_000,
      }),
    );
    await using _readers = together(readers);
    await using slow = createReader({
      name: "the slow reader",
      url: proxy.url,
      channel: { kind: "journal", name: "flood" },
      bell,
      dice: dice.fork(),
    });
    slow.client.subscribe(contract.price({ name: "flood" }));
    await Promise.all([...readers, slow].map((reader) => reader.client.connect()));
    await untilTrue(() => [...readers, slow].every(({ live }) => live), "all joined");

    const at = { server, proxy, bell, readers, slow, size };
    const sent = { ticks: 0, flood: 0 };
    await runPhase(at, sent, quick ? 0.5 : WARM_UP_S);
    // Without, with, without, with: drift of the machine falls on both alike.
    const p99: PerKind = { reading: [], stalled: [] };
    const cpu: PerKind = { reading: [], stalled: [] };
    const cpuMs = async () => (await server.ask({ do: "stats" })).cpuMs;
    let peak = 0;
    for (let phase = 0; phase < 2 * size.pairs; phase += 1) {
      const stalled = phase % 2 === 1;
      for (const reader of readers) reader.latencies.length = 0;
      await server.ask({ do: "peak" });
      // Both ways the client gets nothing and catches up afterwards; all that differs is what the server has to hold.
      proxy.setMode({ is: stalled ? "stall" : "mute" }, ["down"]);
      const cpuBefore = await cpuMs();
      await runPhase(at, sent, size.seconds);
      const kind = stalled ? "stalled" : "reading";
      cpu[kind].push((await cpuMs()) - cpuBefore);
      p99[kind].push(percentile(readers.flatMap(({ latencies }) => latencies)));
      if (stalled) peak = Math.max(peak, await server.ask({ do: "peak" }));
      proxy.setMode({ is: "pass" }, ["down"]);
      proxy.link?.cut("reset"); // or it would find out by its heartbeat, half a minute later
      // It catches up before others are measured beside it again; if it does not, the checker counts.
      await bell
        .until(() => slow.newest === sent.flood, 30_000, "the slow reader caught up")
        .catch(() => {});
    }

    const { closed } = await server.ask({ do: "stats" });
    const verdict = check(histories(at, sent));
    const [calm, beside] = [median(p99.reading), median(p99.stalled)];
    const list = (times: readonly number[]) => times.map((ms) => ms.toFixed(0)).join(", ");
    const cpuRatio = median(cpu.stalled) / median(cpu.reading);
    return outcomeOf(verdict, {
      events: readers.reduce((sum, { seen }) => sum + seen.length - 1, 0) + sent.flood,
      cuts: closed["4008"] ?? 0,
      peakBytes: peak,
      violations: unmet({
        [`${peak} bytes held`]: peak <= BUDGET_BYTES,
        "the stalled reader was never closed as too slow": (closed["4008"] ?? 0) > 0,
        [`${verdict.gaps} gaps inside retention`]: verdict.gaps === 0,
      }),
      notes: [
        `${size.ticksPerS + 2 * size.floodPerS} events a second for ${2 * size.pairs * size.seconds} s; p99 of the ` +
          `${readers.length} others, phase by phase: ${list(p99.stalled)} ms beside a stalled reader, ` +
          `${list(p99.reading)} ms beside a reading one; ratio of the medians ${(beside / calm).toFixed(2)}`,
        `processor time of the server beside a stalled reader ${cpuRatio.toFixed(2)} x that beside a reading one`,
      ],
    });
  },
};

/** A thousand readers that ring at each event would measure the bell. */
const SILENT: Bell = { ring() {}, until: () => Promise.resolve() };

interface Setting {
  readonly server: ServerProcess;
  readonly proxy: TcpProxy;
  readonly bell: Bell;
  readonly readers: readonly Reader[];
  readonly slow: Reader;
  readonly size: typeof FULL;
}

/** Small events for everybody, at a steady pace, while the slow reader's own channels are flooded. */
async function runPhase(
  { server, readers, size }: Setting,
  sent: { ticks: number; flood: number },
  seconds: number,
): Promise<void> {
  const [ticks, flood] = [size.ticksPerS * seconds, size.floodPerS * seconds];
  const everyMs = 1_000 / size.floodPerS;
  const span = { from: sent.flood + 1, to: sent.flood + flood };
  const own = { name: "flood", padBytes: PAD_BYTES, everyMs, ...span } as const;
  await Promise.all([
    server.ask({
      do: "publish",
      channel: "journal",
      name: "ticks",
      over: size.channels,
      everyMs: 1_000 / size.ticksPerS,
      from: sent.ticks + 1,
      to: sent.ticks + ticks,
    }),
    server.ask({ do: "publish", channel: "journal", ...own }),
    server.ask({ do: "publish", channel: "price", ...own }),
  ]);
  sent.ticks += ticks;
  sent.flood += flood;
  await untilTrue(
    () =>
      readers.every(({ newest }, index) => {
        const own = index % size.channels;
        return newest === sent.ticks - ((sent.ticks - own) % size.channels);
      }),
    "all others saw the end of the phase",
  );
}

async function untilTrue(ready: () => boolean, what: string): Promise<void> {
  await poll(async () => ready(), 60_000, what, 50);
}

function histories({ readers, slow, size }: Setting, sent: { ticks: number; flood: number }) {
  const acked = (values: readonly number[]) =>
    values.map((value) => ({ value, outcome: "acked" as const }));
  const all = Array.from({ length: sent.ticks }, (_none, index) => index + 1);
  const ticks = Array.from(
    { length: size.channels },
    (_none, channel): ChannelHistory => ({
      channel: `journal:ticks${channel}`,
      publishes: acked(all.filter((n) => n % size.channels === channel)),
      readers: readers.filter((_reader, index) => index % size.channels === channel),
    }),
  );
  const flood = Array.from({ length: sent.flood }, (_none, index) => index + 1);
  return [{ channel: "journal:flood", publishes: acked(flood), readers: [slow] }, ...ticks];
}

function percentile(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
