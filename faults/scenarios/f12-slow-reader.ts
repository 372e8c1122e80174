import { createBell } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import { contract } from "../lib/contract.js";
import { createProxy } from "../lib/proxy.js";
import { createReader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { type ServerProcess, startServer } from "../lib/server-process.js";

/** All that may be held for one reader, what is on its way included. */
const BUDGET_BYTES = 1_048_576;

/** Big enough that a few seconds of them fill every buffer of the kernel and then the outbox. */
const PAD_BYTES = 16_384;

const TICK_MS = 100;

export const slowReader: Scenario = {
  id: "F12",
  title: "one stalled reader among many",
  withinSeconds: 120,
  async run({ dice, quick }) {
    const { readerCount, ticks, flood, phases } = quick
      ? { readerCount: 20, ticks: 10, flood: 900, phases: 2 }
      : { readerCount: 1_000, ticks: 60, flood: 900, phases: 4 };
    const bell = createBell();
    await using server = await startServer();
    await using proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
    const readers = Array.from({ length: readerCount - 1 }, (_none, index) =>
      createReader({
        name: `reader ${index + 1}`,
        url: server.url,
        channel: { kind: "journal", name: "ticks" },
        bell,
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
    await bell.until(() => [...readers, slow].every(({ live }) => live), 60_000, "all joined");

    // Without, with, without, with: drift of the machine falls on both alike.
    const latencies: Record<"reading" | "stalled", number[]> = { reading: [], stalled: [] };
    let peak = 0;
    for (let phase = 0; phase < phases; phase += 1) {
      const stalled = phase % 2 === 1;
      proxy.setMode({ is: stalled ? "stall" : "pass" }, ["down"]);
      if (!stalled) await bell.until(() => slow.live, 20_000, "the slow reader is back");
      await server.ask({ do: "peak" });
      await runPhase(server, { phase, ticks, flood });
      const lastTick = (phase + 1) * ticks;
      await bell.until(
        () => readers.every(({ newest }) => newest === lastTick),
        20_000,
        `all others saw tick ${lastTick}`,
      );
      const times = latencies[stalled ? "stalled" : "reading"];
      for (const reader of readers) times.push(...reader.latencies.splice(0));
      if (stalled) peak = Math.max(peak, await server.ask({ do: "peak" }));
    }
    proxy.setMode({ is: "pass" }, ["down"]);
    proxy.link?.cut("reset"); // or it would find out by its heartbeat, half a minute later
    const events = phases * flood;
    await bell
      .until(() => slow.newest === events, 30_000, "the slow reader caught up")
      .catch(() => {});

    const { closed } = await server.ask({ do: "stats" });
    const verdict = check([
      { channel: "journal:flood", publishes: published(events), readers: [slow] },
      { channel: "journal:ticks", publishes: published(phases * ticks), readers },
    ]);
    const [calm, beside] = [percentile(latencies.reading), percentile(latencies.stalled)];
    return outcomeOf(verdict, {
      events: phases * ticks * readers.length + events,
      cuts: closed["4008"] ?? 0,
      peakBytes: peak,
      violations: unmet({
        [`${peak} bytes held`]: peak <= BUDGET_BYTES,
        "the stalled reader was never closed as too slow": (closed["4008"] ?? 0) > 0,
        [`${verdict.gaps} gaps inside retention`]: verdict.gaps === 0,
      }),
      notes: [
        `p99 of the ${readers.length} others ${beside.toFixed(1)} ms beside a stalled reader, ` +
          `${calm.toFixed(1)} ms beside a reading one: ratio ${(beside / calm).toFixed(2)}`,
      ],
    });
  },
};

/** Ticks for everybody, at a steady pace, while the slow reader's own channels are flooded. */
async function runPhase(
  server: ServerProcess,
  { phase, ticks, flood }: { phase: number; ticks: number; flood: number },
): Promise<void> {
  const span = (count: number) => ({ from: phase * count + 1, to: (phase + 1) * count });
  const everyMs = (ticks * TICK_MS) / flood;
  const own = { name: "flood", padBytes: PAD_BYTES, everyMs, ...span(flood) } as const;
  await Promise.all([
    server.ask({
      do: "publish",
      channel: "journal",
      name: "ticks",
      everyMs: TICK_MS,
      ...span(ticks),
    }),
    server.ask({ do: "publish", channel: "journal", ...own }),
    server.ask({ do: "publish", channel: "price", ...own }),
  ]);
}

function published(count: number) {
  return Array.from({ length: count }, (_none, index) => ({
    value: index + 1,
    outcome: "acked" as const,
  }));
}

function percentile(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}
