import { createBell } from "../lib/bell.js";
import type { Seen } from "../lib/checker.js";
import { createProxy } from "../lib/proxy.js";
import { createReader, together } from "../lib/reader.js";
import type { Run } from "../lib/scenario.js";
import { NOTHING, type Scenario } from "../lib/scenario.js";
import { type ServerProcess, startServer } from "../lib/server-process.js";
import { temporaryFile } from "../lib/temporary-file.js";

/** What a reader that missed so many events must be told. */
interface Case {
  readonly kind: "short" | "journal";
  readonly missed: number;
  readonly expected: "recovered" | "expired" | "too-many";
}

/** The contract keeps 100 events of a `short` channel; the servers here replay at most 300. */
const SIZE = 100;
const MAX_REPLAY = 300;

const CASES: readonly Case[] = [
  { kind: "short", missed: SIZE - 1, expected: "recovered" },
  { kind: "short", missed: SIZE, expected: "recovered" },
  { kind: "short", missed: SIZE + 1, expected: "expired" },
  { kind: "journal", missed: MAX_REPLAY - 1, expected: "recovered" },
  { kind: "journal", missed: MAX_REPLAY, expected: "recovered" },
  { kind: "journal", missed: MAX_REPLAY + 1, expected: "too-many" },
];

/** Already on the channel before the reader leaves. */
const BEFORE = 7;

/** Returns what was wrong, in words. */
async function tryCase(
  server: ServerProcess,
  { kind, missed, expected }: Case,
  { dice }: Run,
): Promise<string[]> {
  const bell = createBell();
  await using proxy = await createProxy({ target: () => server.port });
  const channel = { kind, name: `missed-${missed}` } as const;
  await using reader = createReader({
    name: "reader",
    url: proxy.url,
    channel,
    bell,
    dice: dice.fork(),
  });
  await using _ = together([reader]);
  const publish = (from: number, to: number) =>
    server.ask({ do: "publish", channel: kind, name: channel.name, from, to });
  await bell.until(() => reader.live, 5_000, "the reader joined");
  await publish(1, BEFORE);
  await bell.until(() => reader.newest === BEFORE, 5_000, "the reader is up to date");
  proxy.refusing = true;
  proxy.link?.cut("reset");
  await bell.until(() => !reader.live, 5_000, "the reader is away");
  await publish(BEFORE + 1, BEFORE + missed);
  proxy.refusing = false;
  const last = BEFORE + missed;
  await bell.until(() => reader.live, 5_000, "the reader is back");
  await publish(last + 1, last + 1);
  await bell.until(() => reader.newest === last + 1, 5_000, "the reader sees live events again");

  const seen = reader.seen.slice(1 + BEFORE); // after the first join and what came before the cut
  const wanted: Seen[] =
    expected === "recovered"
      ? [{ is: "joined", outcome: "recovered" }, ...events(BEFORE + 1, last + 1)]
      : [
          { is: "gap", from: BEFORE + 1, to: last, reason: expected },
          ...events(last + 1, last + 1),
        ];
  if (JSON.stringify(seen) === JSON.stringify(wanted)) return [];
  return [
    `${missed} missed on ${kind}: expected ${expected}, then ${wanted.length - 1} events; ` +
      `saw ${JSON.stringify(seen[0])}, then ${seen.length - 1}`,
  ];
}

function events(from: number, to: number): Seen[] {
  return Array.from({ length: to - from + 1 }, (_none, index) => ({
    is: "event",
    value: from + index,
    offset: from + index,
  }));
}

export const exactBoundary: Scenario = {
  id: "F11",
  title: "missed size-1, size, size+1",
  withinSeconds: 60,
  async run(run) {
    using file = temporaryFile("hub.db");
    const violations: string[] = [];
    let missed = 0;
    for (const store of [{}, { file: file.path }]) {
      await using server = await startServer({ ...store, limits: { maxReplay: MAX_REPLAY } });
      for (const one of CASES) {
        const wrong = await tryCase(server, one, run);
        violations.push(...wrong.map((what) => `${store.file ? "sqlite" : "memory"}: ${what}`));
        missed += one.missed;
      }
    }
    return {
      ...NOTHING,
      events: missed,
      cuts: 2 * CASES.length,
      gaps: 4,
      violations,
      notes: [
        `memory and sqlite: recovered at size and at most replay, a gap with exact bounds one past either`,
      ],
    };
  },
};
