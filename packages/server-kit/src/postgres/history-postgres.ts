import { type Batches, createBatches } from "../store/batches.js";
import { entryText, textEntry } from "../store/event-text.js";
import type {
  AppendedOnce,
  HistoryPage,
  HistoryStore,
  Keep,
  NewEntry,
  Once,
} from "../store/history-store.js";
import { PostgresUnavailableError } from "./errors.js";
import { columnText } from "./names.js";
import type { Postgres } from "./open-postgres.js";
import type { Row } from "./pool.js";

/** Settings of {@link postgresHistoryStore}. */
export interface PostgresHistoryOptions {
  /** Most bytes of one `log`, whatever its retention allows. Default 64 MiB. */
  readonly maxLogBytes?: number;
  /** Most appends that wait for the one before them; what is above is refused. Default 10,000. */
  readonly maxPending?: number;
  /** Milliseconds since 1970. Default: the clock of the server, which all nodes share. */
  readonly now?: () => number;
}

/** A history store that claims a key and appends in one transaction. */
export type PostgresHistoryStore = HistoryStore & Required<Pick<HistoryStore, "appendOnce">>;

interface Job {
  readonly keep: Keep;
  readonly stamp: number;
  readonly entry: string;
  readonly key: string;
  readonly removed: boolean;
  readonly once: Once | undefined;
}

const MOST_TOGETHER = 128;
const MOST_BYTES_TOGETHER = 1024 * 1024;

/** After so many steps some quiet channels are looked at, so that they lose their expired events too. */
const STEPS_PER_SWEEP = 64;

/**
 * Keeps history in PostgreSQL, for any number of nodes. An append locks the channel's row, numbers the event, stores
 * it and lets go of what is too old, in one transaction and one round trip; appends to a channel that gather on this
 * node meanwhile share the next one.
 *
 * Data is stored as JSON. The caller owns the pool and closes it.
 */
export function postgresHistoryStore(
  { query, schema, durability, synchronousStandbys }: Postgres,
  { maxLogBytes = 64 * 1024 * 1024, maxPending = 10_000, now }: PostgresHistoryOptions = {},
): PostgresHistoryStore {
  const named = !synchronousStandbys;
  const time = () => now?.() ?? null;
  let steps = 0;
  let swept: unknown = 0;
  let sweeping: Promise<void> | undefined;

  const batches: Batches<Job, AppendedOnce> = createBatches<Job, AppendedOnce>({
    fits,
    maxWaiting: maxPending,
    full: () =>
      new PostgresUnavailableError(
        `${maxPending} appends wait already; PostgreSQL does not keep up`,
      ),
    async run(channel, jobs) {
      const keep = jobs[0]?.keep ?? { mode: "latest" };
      const { size, ttlMs } = keep.mode === "log" ? keep : { size: 0, ttlMs: 0 };
      const rows = await query(
        `SELECT * FROM ${schema}.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          columnText(channel),
          keep.mode,
          size,
          ttlMs,
          maxLogBytes,
          time(),
          named,
          jobs.map(({ stamp }) => stamp),
          jobs.map(({ entry }) => entry),
          jobs.map(({ key }) => columnText(key)),
          jobs.map(({ removed }) => removed),
          jobs.map(({ once }) => (once === undefined ? null : columnText(once.key))),
          jobs.map(({ once }) => once?.ttlMs ?? null),
        ],
      );
      steps += 1;
      if (steps % STEPS_PER_SWEEP === 0) sweeping ??= sweep();
      return rows.map(fromAppend);
    },
  });

  /** Nothing depends on it, so what goes wrong is left to the next one. */
  async function sweep(): Promise<void> {
    try {
      const [row] = await query(`SELECT ${schema}.sweep($1, $2) AS swept`, [swept, time()]);
      swept = row?.swept ?? 0;
    } catch {
      swept = 0;
    }
    sweeping = undefined;
  }

  const add = async (channel: string, entry: NewEntry, keep: Keep, once?: Once) =>
    batches.add(channel, {
      keep,
      stamp: entry.timestamp,
      entry: entryText(channel, entry),
      key: entry.key ?? "",
      removed: entry.removed === true,
      once,
    });

  return {
    durability,
    async append(channel, entry, keep) {
      const { epoch, offset } = await add(channel, entry, keep);
      return { epoch, offset };
    },
    appendOnce: add,
    async read(channel, { after, limit, newest = false } = {}) {
      const rows = await query(`SELECT * FROM ${schema}.read($1, $2, $3, $4, $5, $6)`, [
        columnText(channel),
        after ?? null,
        limit ?? null,
        newest,
        time(),
        named,
      ]);
      return page(rows, newest);
    },
    async [Symbol.asyncDispose]() {
      await batches.settled();
      await sweeping;
    },
  } satisfies PostgresHistoryStore;
}

/** One step has one way to keep, and is not longer than others are willing to wait for a locked row. */
function fits(before: readonly Job[], { keep, entry }: Job): boolean {
  const first = before[0]?.keep;
  if (first === undefined || before.length >= MOST_TOGETHER || !sameKeep(first, keep)) return false;
  const bytes = before.reduce((sum, job) => sum + job.entry.length, entry.length);
  return bytes <= MOST_BYTES_TOGETHER;
}

function sameKeep(a: Keep, b: Keep): boolean {
  if (a.mode !== "log" || b.mode !== "log") return a.mode === b.mode;
  return a.size === b.size && a.ttlMs === b.ttlMs;
}

function fromAppend({ o_epoch, o_offset, o_duplicate }: Row): AppendedOnce {
  return { epoch: String(o_epoch), offset: Number(o_offset), duplicate: o_duplicate === true };
}

function page([first, ...rest]: readonly Row[], newest: boolean): HistoryPage {
  const entries = rest.map(({ o_offset, o_entry }) => textEntry(Number(o_offset), String(o_entry)));
  return {
    epoch: String(first?.o_epoch),
    offset: Number(first?.o_offset),
    complete: Number(first?.o_complete),
    entries: newest ? entries.reverse() : entries,
  };
}
