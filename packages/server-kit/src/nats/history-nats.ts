import { randomUUID } from "node:crypto";
import { headers } from "@nats-io/transport-node";
import { createBatches } from "../store/batches.js";
import { entryText } from "../store/event-text.js";
import type {
  AppendedOnce,
  HistoryPage,
  HistoryQuery,
  HistoryStore,
  Keep,
  NewEntry,
  Once,
} from "../store/history-store.js";
import { type Append, firstNeeded, planAppend } from "./append-plan.js";
import { channelPage } from "./channel-page.js";
import { applyMessage, type ChannelState, unwrittenState } from "./channel-state.js";
import { cameSecond, explained, NatsRefusedError, NatsUnavailableError } from "./errors.js";
import { type ChannelMessage, messageText } from "./message.js";
import type { Nats } from "./open-nats.js";
import { storedMessages } from "./stored-messages.js";

/** Settings of {@link natsHistoryStore}. */
export interface NatsHistoryOptions {
  /** Most bytes of one `log`, whatever its retention allows. Default 64 MiB. */
  readonly maxLogBytes?: number;
  /** About how many bytes of channels this node holds in memory, to read and append without loading them. Default 64 MiB. */
  readonly maxHeldBytes?: number;
  /** Most reads and appends that wait for the ones before them; what is above is refused. Default 10,000. */
  readonly maxPending?: number;
  /** Milliseconds since 1970. Default: `Date.now`. The clocks of the nodes should agree. */
  readonly now?: () => number;
}

/** A history store that claims a key and appends in one message. */
export type NatsHistoryStore = HistoryStore & Required<Pick<HistoryStore, "appendOnce">>;

type Job = Append | { readonly do: "read"; readonly query: HistoryQuery };
type Result = AppendedOnce | HistoryPage;

const MOST_TOGETHER = 128;
const MOST_BYTES_TOGETHER = 128 * 1024;

/** Room for the head of a message: at most so many keys of 256 characters, and the rest. */
const HEAD_BYTES = 128 * 1024;

/** Unneeded messages are deleted so many at a time. */
const MOST_UNNEEDED = 64;

/**
 * Keeps history in one JetStream stream, with a subject for each channel. An append is one message, which the server
 * takes only if it follows the newest one this node knows (`Nats-Expected-Last-Subject-Sequence`). If another node was
 * first, its message is read and the append made anew: so offsets have no holes, whoever appends. The server announces
 * each message after it has stored it, in that order.
 *
 * Data is stored as JSON. The caller owns the connection and closes it.
 */
export function natsHistoryStore(nats: Nats, options: NatsHistoryOptions = {}): NatsHistoryStore {
  const { js, jsm, link, names, durability, timeoutMs, unwritten } = nats;
  const { maxLogBytes = 64 * 1024 * 1024, maxHeldBytes = 64 * 1024 * 1024 } = options;
  const { maxPending = 10_000, now = Date.now } = options;
  const stored = storedMessages(nats);
  const held = new Map<string, ChannelState>(); // the one used last is last
  const unneeded: number[] = [];
  let heldBytes = 0;
  let deleting: Promise<unknown> | undefined;
  const mostBytes = () => (nats.connection.info?.max_payload ?? 1024 * 1024) - HEAD_BYTES;

  const batches = createBatches<Job, Result>({
    fits,
    maxWaiting: maxPending,
    full: () => new NatsUnavailableError(`${maxPending} calls wait already; NATS does not keep up`),
    async run(channel, jobs) {
      try {
        const appends = jobs.filter(isAppend);
        if (appends.length > 0) return await append(channel, appends);
        const state = await current(channel);
        return jobs.map((job) => channelPage(state, job.do === "read" ? job.query : {}, now()));
      } catch (error) {
        forget(channel); // what is there is not known
        throw explained(error);
      }
    },
  });

  function forget(channel: string): void {
    heldBytes -= costOf(held.get(channel));
    held.delete(channel);
  }

  function hold(channel: string, state: ChannelState): void {
    forget(channel);
    held.set(channel, state);
    heldBytes += costOf(state);
    for (const [oldest] of held) {
      if (heldBytes <= maxHeldBytes || oldest === channel) break;
      forget(oldest);
    }
  }

  /** The channel as the server has it now. */
  async function current(channel: string): Promise<ChannelState> {
    const subject = names.stored(channel);
    const known = held.get(channel);
    const newest = await stored.newest(subject);
    const lost = known !== undefined && (newest?.seq ?? 0) < known.seq;
    if (known && newest?.seq === known.seq) {
      hold(channel, known);
      return known;
    }
    const state = known && !lost ? known : unwrittenState(unwritten);
    if (known) forget(channel);
    if (newest) {
      const from = state.seq > 0 ? state.seq + 1 : newest.message.first || newest.seq;
      const found = await stored.upTo(subject, from, newest);
      for (const { seq, message } of found) {
        const free = applyMessage(state, seq, message, now());
        if (!known) discard(free.filter((one) => one !== newest.seq)); // left over from a node that died
      }
    }
    // The server has less than it had: its disk lost the end. The same positions may come to mean other events.
    if (lost) await beginEpoch(channel, state);
    hold(channel, state);
    return state;
  }

  async function beginEpoch(channel: string, state: ChannelState): Promise<void> {
    const { complete, ttlMs, offset } = state;
    await send(channel, state, {
      mode: state.mode ?? "latest",
      epoch: randomUUID(),
      offset: offset + 1,
      complete,
      ttlMs,
      keys: [],
      previous: state.seq,
      first: firstNeeded(state),
      entries: [],
    });
  }

  async function send(
    channel: string,
    state: ChannelState,
    message: ChannelMessage,
    alone = false,
  ): Promise<void> {
    const { seq } = await link.ask(() =>
      js.publish(names.stored(channel), messageText(message), {
        timeout: timeoutMs,
        expect: { streamName: names.history, lastSubjectSequence: state.seq },
        ...(alone && { headers: rollup() }),
      }),
    );
    const free = applyMessage(state, seq, message, now());
    if (!alone) discard(free);
  }

  async function append(channel: string, jobs: readonly Append[]): Promise<readonly Result[]> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const state = held.get(channel) ?? (await current(channel));
      const plan = planAppend(state, jobs, now(), maxLogBytes);
      if (!plan.message) return plan.results;
      try {
        forget(channel); // nobody is to use it until it is known what became of it
        await send(channel, state, plan.message, plan.alone);
        hold(channel, state);
        return plan.results;
      } catch (error) {
        if (!cameSecond(error) || Date.now() > until) throw error;
        hold(channel, state);
        await current(channel);
      }
    }
  }

  /** Deletes messages in the background. One that stays is found and deleted when its channel is loaded. */
  function discard(free: readonly number[]): void {
    unneeded.push(...free);
    if (unneeded.length < MOST_UNNEEDED || deleting) return;
    const part = unneeded.splice(0, MOST_UNNEEDED);
    deleting = Promise.allSettled(
      part.map((seq) => jsm.streams.deleteMessage(names.history, seq, false)),
    ).finally(() => {
      deleting = undefined;
      discard([]);
    });
  }

  const add = async (channel: string, entry: NewEntry, keep: Keep, once?: Once) => {
    const text = entryText(channel, entry);
    if (Buffer.byteLength(text) > mostBytes()) {
      throw new NatsRefusedError(
        `an event of channel "${channel}" has ${Buffer.byteLength(text)} bytes, and the server takes ${mostBytes()}; raise max_payload`,
      );
    }
    return asAppended(await batches.add(channel, { do: "append", entry, text, keep, once }));
  };

  return {
    durability,
    async append(channel, entry, keep) {
      const { epoch, offset } = await add(channel, entry, keep);
      return { epoch, offset };
    },
    appendOnce: add,
    async read(channel, query = {}) {
      return asPage(await batches.add(channel, { do: "read", query }));
    },
    async [Symbol.asyncDispose]() {
      await batches.settled();
      await deleting;
      held.clear();
      heldBytes = 0;
    },
  } satisfies NatsHistoryStore;
}

function fits(before: readonly Job[], job: Job): boolean {
  const [first] = before;
  if (!first || before.length >= MOST_TOGETHER) return false;
  if (first.do === "read" || job.do === "read") return first.do === job.do;
  if (!sameKeep(first.keep, job.keep)) return false;
  const bytes = before.reduce((sum, one) => sum + (isAppend(one) ? one.text.length : 0), 0);
  return bytes + job.text.length <= MOST_BYTES_TOGETHER;
}

function isAppend(job: Job): job is Append {
  return job.do === "append";
}

function sameKeep(a: Keep, b: Keep): boolean {
  if (a.mode !== "log" || b.mode !== "log") return a.mode === b.mode;
  return a.size === b.size && a.ttlMs === b.ttlMs;
}

/** About how many bytes it occupies. */
function costOf(state: ChannelState | undefined): number {
  return state ? 512 + 2 * state.bytes + 192 * state.keys.size : 0;
}

/** The server lets go of all earlier messages of the subject in the same step. */
function rollup() {
  const made = headers();
  made.set("Nats-Rollup", "sub");
  return made;
}

function asAppended(result: Result): AppendedOnce {
  if ("duplicate" in result) return result;
  throw new TypeError("an append was answered with a page");
}

function asPage(result: Result): HistoryPage {
  if ("entries" in result) return result;
  throw new TypeError("a read was answered with a position");
}
