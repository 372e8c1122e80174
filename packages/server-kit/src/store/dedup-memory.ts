import { TocsinError } from "@tocsin/protocol";
import type { DedupStore } from "./dedup-store.js";
import { type Expiring, expiryQueue } from "./expiry-memory.js";
import { oldestKey } from "./oldest-key.js";

/** Settings of {@link memoryDedupStore}. */
export interface MemoryDedupOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Most keys remembered at a time. Default 100,000. */
  readonly maxKeys?: number;
  /** Told of each settled key that had to leave before its time, so that a count or a log line can be made of it. */
  readonly onForgotten?: (key: string) => void;
}

/** Every remembered key stands for something still under way, so none can be forgotten. Raise `maxKeys` or try later. */
export class DedupFullError extends TocsinError {
  override name = "DedupFullError";
  override readonly retryable = true;
}

interface Remembered extends Expiring {
  readonly key: string;
  readonly token: string;
  readonly value: string | undefined;
}

/**
 * Remembers keys in this process, for exactly their `ttlMs`: at the millisecond a claim ends, a new one is won.
 *
 * It is bounded by `maxKeys`. When it is full of keys whose time is not over, the one settled longest ago leaves
 * early and `onForgotten` hears of it; a repeat of that key would then take effect again. A key that is claimed
 * and not yet settled is never forgotten early: rather, `claim` rejects with {@link DedupFullError}.
 */
export function memoryDedupStore({
  now = Date.now,
  maxKeys = 100_000,
  onForgotten = () => {},
}: MemoryDedupOptions = {}): DedupStore {
  const open = new Map<string, Remembered>();
  const settled = new Map<string, Remembered>();
  const oldestSettled = oldestKey(settled);
  const byEnd = expiryQueue<Remembered>();
  let claims = 0;

  const find = (key: string) => open.get(key) ?? settled.get(key);
  const count = () => open.size + settled.size;

  function forget(key: string): void {
    open.delete(key);
    settled.delete(key);
  }

  function forgetExpired(at: number): void {
    for (let item = byEnd.takeExpired(at); item; item = byEnd.takeExpired(at)) {
      // Released and claimed again, the key may have a later end by now; that one is in the queue too.
      const current = find(item.key);
      if (current && current.expiresAt <= at) forget(item.key);
    }
  }

  function makeRoom(): void {
    if (count() < maxKeys) return;
    const oldest = oldestSettled();
    if (oldest === undefined) {
      throw new DedupFullError(
        `all ${maxKeys} remembered keys are claimed and not settled yet; raise maxKeys or publish less at a time`,
      );
    }
    forget(oldest);
    onForgotten(oldest);
  }

  /** Keys given up or forgotten early stay in the queue; clear them out before they outnumber the living. */
  function tidyQueue(): void {
    if (byEnd.size <= 2 * count() + 16) return;
    byEnd.retain((item) => find(item.key)?.expiresAt === item.expiresAt);
  }

  return {
    async claim(key, ttlMs) {
      const at = now();
      forgetExpired(at);
      const winner = find(key);
      if (winner) return { won: false, value: winner.value };
      makeRoom();
      claims += 1;
      const token = String(claims);
      const claimed: Remembered = { key, token, value: undefined, expiresAt: at + ttlMs };
      open.set(key, claimed);
      byEnd.add(claimed);
      tidyQueue();
      return { won: true, token };
    },
    async settle(key, value, token) {
      forgetExpired(now());
      const known = find(key);
      // its time is over: whoever repeats it now is first again, and whoever did is its owner
      if (known?.token !== token) return;
      forget(key);
      settled.set(key, { ...known, value });
    },
    async release(key, token) {
      if (find(key)?.token === token) forget(key);
    },
    async [Symbol.asyncDispose]() {
      open.clear();
      settled.clear();
      byEnd.retain(() => false);
    },
  } satisfies DedupStore;
}
