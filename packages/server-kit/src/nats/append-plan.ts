import { randomUUID } from "node:crypto";
import type { AppendedOnce, Keep, NewEntry, Once } from "../store/history-store.js";
import { completeAfter } from "./channel-page.js";
import { type ChannelState, unwrittenState } from "./channel-state.js";
import type { ChannelMessage, KeptKey } from "./message.js";

/** An append that somebody asked for. */
export interface Append {
  readonly do: "append";
  readonly entry: NewEntry;
  readonly text: string;
  readonly keep: Keep;
  readonly once: Once | undefined;
}
/** What to write, and what to answer when it is written. Without a message all of it was there already. */
export interface AppendPlan {
  readonly message?: ChannelMessage;
  /** Whether all earlier messages of the channel can go. */
  readonly alone?: boolean;
  readonly results: readonly AppendedOnce[];
}

/** Plans appends to a channel in the given state, which all keep alike. */
export function planAppend(
  state: ChannelState,
  jobs: readonly Append[],
  at: number,
  maxLogBytes: number,
): AppendPlan {
  const keep = jobs[0]?.keep ?? { mode: "latest" };
  const changed = state.offset > 0 && state.mode !== keep.mode;
  // Another mode makes it another channel: positions in the old one mean nothing in the new one.
  const base = changed ? { ...unwrittenState(randomUUID()), seq: state.seq } : state;
  const added: Append[] = [];
  const keys: KeptKey[] = [];
  const own = new Map<string, number>();
  const results = jobs.map((job): AppendedOnce => {
    const { once } = job;
    const first = once && state.keys.get(once.key);
    if (first && first.ends > at) {
      return { epoch: first.epoch, offset: first.offset, duplicate: true };
    }
    const mine = once && own.get(once.key);
    if (mine) return { epoch: base.epoch, offset: mine, duplicate: true };
    const offset = base.offset + added.length + 1;
    if (once) {
      own.set(once.key, offset);
      keys.push([added.length, once.key, at + once.ttlMs]);
    }
    added.push(job);
    return { epoch: base.epoch, offset, duplicate: false };
  });
  if (added.length === 0) return { results };
  const candidates = added.map(({ entry, text }) => ({ entry, bytes: text.length }));
  const complete = completeAfter(base, candidates, keep, at, maxLogBytes);
  const replaces =
    changed || keep.mode === "latest" || (keep.mode === "log" && complete >= base.offset);
  const alone = replaces && state.seq > 0 && !hasLivingKey(state, at);
  const message: ChannelMessage = {
    mode: keep.mode,
    epoch: base.epoch,
    offset: base.offset + 1,
    complete,
    ttlMs: keep.mode === "log" ? keep.ttlMs : 0,
    keys,
    previous: alone ? 0 : state.seq,
    first: alone ? 0 : firstNeeded(state),
    entries: added.map(({ text }) => text),
  };
  return { message, alone, results };
}

function hasLivingKey({ keys }: ChannelState, at: number): boolean {
  for (const { ends } of keys.values()) if (ends > at) return true;
  return false;
}

/** The oldest message that the state is made from. */
export function firstNeeded({ needed, seq }: ChannelState): number {
  const [first] = needed.keys();
  return first ?? seq;
}
