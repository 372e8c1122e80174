import { randomUUID } from "node:crypto";
import type { HistoryStore, Keep, NewEntry } from "./history-store.js";
import { type Kept, keptLatest } from "./kept-memory.js";
import { keptLog } from "./log-memory.js";
import { oldestKey } from "./oldest-key.js";
import { roughBytes } from "./size-memory.js";
import { keptTable } from "./table-memory.js";

/** Settings of {@link memoryHistoryStore}. */
export interface MemoryHistoryOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Most channels that keep a position and entries. Default 100,000. */
  readonly maxChannels?: number;
  /** About how many bytes all entries together may occupy. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Makes the name of an epoch, at most 64 characters, never the same one twice, not even in another process. */
  readonly epoch?: () => string;
}

interface Channel {
  readonly epoch: string;
  readonly kept: Kept;
  offset: number;
  /** Read or written since the eviction hand last came by. */
  used: boolean;
}

const MAKE_KEPT: { readonly [M in Keep["mode"]]: () => Kept } = {
  latest: keptLatest,
  table: keptTable,
  log: keptLog,
};

/**
 * Keeps history in this process: fast, shared with nobody, gone with it (durability `"none"`).
 *
 * It is bounded. Above `maxChannels` or `maxBytes` it forgets channels that were not used for long, whole, and
 * of a `log` that alone is too big the oldest events. Nothing of that is silent: a forgotten channel comes back
 * under a new epoch, and a shortened log raises `complete`.
 *
 * The objects given to `append` are kept as they are, not copied.
 */
export function memoryHistoryStore({
  now = Date.now,
  maxChannels = 100_000,
  maxBytes = 256 * 1024 * 1024,
  epoch = randomUUID,
}: MemoryHistoryOptions = {}): HistoryStore {
  const channels = new Map<string, Channel>();
  // Epochs told to readers of channels that nobody has written yet; the first event has to keep that word.
  const promised = new Map<string, string>();
  const oldestChannel = oldestKey(channels);
  const oldestPromise = oldestKey(promised);
  let bytes = 0;
  // The epoch of every channel without a record. It changes whenever a record is forgotten, because from
  // then on a channel without a record may be one that had events.
  let unwritten = epoch();
  let sweep = channels.values();

  function forget(name: string, channel: Channel): void {
    bytes -= channel.kept.bytes;
    channels.delete(name);
    unwritten = epoch();
  }

  /** Second chance: a channel used since the last round goes to the back once, an unused one goes. */
  function forgetUnused(besides: Channel): void {
    for (let name = oldestChannel(); name !== undefined; name = oldestChannel()) {
      const channel = channels.get(name);
      if (channel === undefined) continue;
      if (channel !== besides && !channel.used) {
        forget(name, channel);
        return;
      }
      channel.used = channel === besides;
      channels.delete(name);
      channels.set(name, channel);
    }
  }

  /** Old events of quiet channels go too: each append looks at one channel besides its own. */
  function expireNext(at: number): void {
    let next = sweep.next();
    if (next.done) {
      sweep = channels.values();
      next = sweep.next();
    }
    if (!next.done) expire(next.value, at);
  }

  function expire({ kept }: Channel, at: number): void {
    const before = kept.bytes;
    kept.expire(at);
    bytes += kept.bytes - before;
  }

  function stayInBounds(newest: Channel): void {
    while (channels.size > maxChannels && channels.size > 1) forgetUnused(newest);
    while (bytes > maxBytes && channels.size > 1) forgetUnused(newest);
    if (bytes <= maxBytes) return;
    const before = newest.kept.bytes;
    newest.kept.shrink(maxBytes);
    bytes += newest.kept.bytes - before;
  }

  function open(name: string, mode: Keep["mode"]): Channel {
    const known = channels.get(name);
    if (known?.kept.mode === mode) return known;
    // Another mode makes it another channel: positions in the old one mean nothing in the new one.
    if (known) forget(name, known);
    const opened = {
      epoch: promised.get(name) ?? unwritten,
      kept: MAKE_KEPT[mode](),
      offset: 0,
      used: true,
    };
    promised.delete(name);
    channels.set(name, opened);
    return opened;
  }

  function promise(name: string): string {
    const told = promised.get(name) ?? unwritten;
    promised.delete(name);
    promised.set(name, told); // last again: the first ones are those not asked for longest
    const oldest = promised.size > maxChannels ? oldestPromise() : undefined;
    // At worst a reader that has seen nothing is told of a new epoch.
    if (oldest !== undefined) promised.delete(oldest);
    return told;
  }

  function append(name: string, entry: NewEntry, keep: Keep) {
    const size = 96 + roughBytes(entry.data);
    const channel = open(name, keep.mode);
    channel.used = true;
    channel.offset += 1;
    const { epoch, offset, kept } = channel;
    const at = now();
    expire(channel, at); // by the old time to live: what a reader saw gone does not come back under a longer one
    const before = kept.bytes;
    kept.add({ ...entry, offset }, size, keep);
    bytes += kept.bytes - before;
    expire(channel, at);
    stayInBounds(channel);
    expireNext(at);
    return { epoch, offset };
  }

  return {
    durability: "none",
    append: async (name, entry, keep) => append(name, entry, keep),
    async read(name, query = {}) {
      const channel = channels.get(name);
      if (!channel) return { epoch: promise(name), offset: 0, complete: 0, entries: [] };
      channel.used = true;
      expire(channel, now());
      const { epoch, offset, kept } = channel;
      return { epoch, offset, complete: kept.complete, entries: kept.read(query) };
    },
    async [Symbol.asyncDispose]() {
      channels.clear();
      promised.clear();
      bytes = 0;
      unwritten = epoch(); // a store used after its end has lost its events and says so
    },
  } satisfies HistoryStore;
}
