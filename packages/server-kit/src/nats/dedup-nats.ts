import { randomUUID } from "node:crypto";
import type { DedupStore } from "../store/dedup-store.js";
import { expiryQueue } from "../store/expiry-memory.js";
import { cameSecond, NatsSettingsError, NatsUnavailableError } from "./errors.js";
import type { Nats } from "./open-nats.js";

/** Settings of {@link natsDedupStore}. */
export interface NatsDedupOptions {
  /** Milliseconds since 1970. Default: `Date.now`. The clocks of the nodes should agree. */
  readonly now?: () => number;
}

interface Held {
  readonly seq: number;
  readonly ends: number;
  readonly token: string;
  readonly value?: string;
}

/** So many nodes may change one key between a look and a write before it is given up. */
const TRIES = 20;

/** Claims that are over and were made here, cleared away by each new one. */
const CLEARED_PER_CLAIM = 4;

/**
 * Remembers keys in a JetStream stream, each on its own subject. A claim is one message that the server takes only if
 * nobody wrote there since (`Nats-Expected-Last-Subject-Sequence`), so exactly one is won. A claim that is over is
 * deleted by the node that made it; those of a node that died go after `maxClaimMs`.
 */
export function natsDedupStore(
  { js, jsm, link, names, timeoutMs, maxClaimMs }: Nats,
  { now = Date.now }: NatsDedupOptions = {},
): DedupStore {
  const over = expiryQueue<{ readonly expiresAt: number; readonly seq: number }>();

  async function look(key: string): Promise<Held | undefined> {
    const found = await link.ask(() =>
      jsm.streams.getMessage(names.claims, { last_by_subj: names.claim(key) }),
    );
    return found ? { ...found.json<Omit<Held, "seq">>(), seq: found.seq } : undefined;
  }

  /** Writes if the newest message is still `after`; `undefined` when it is not. */
  async function write(
    key: string,
    after: number,
    held: Omit<Held, "seq">,
  ): Promise<number | undefined> {
    try {
      const { seq } = await link.ask(() =>
        js.publish(names.claim(key), JSON.stringify(held), {
          timeout: timeoutMs,
          expect: { streamName: names.claims, lastSubjectSequence: after },
        }),
      );
      over.add({ expiresAt: held.ends, seq });
      return seq;
    } catch (error) {
      if (cameSecond(error)) return undefined;
      throw error;
    }
  }

  /** Deletes one message and no other. That it is gone already is no harm. */
  const remove = (seq: number) =>
    jsm.streams.deleteMessage(names.claims, seq, false).catch(() => {});

  function clear(): void {
    for (let turn = 0; turn < CLEARED_PER_CLAIM; turn += 1) {
      const one = over.takeExpired(now());
      if (!one) return;
      void remove(one.seq);
    }
  }

  return {
    async claim(key, ttlMs) {
      if (ttlMs > maxClaimMs) {
        throw new NatsSettingsError(
          `a claim of ${ttlMs} ms is longer than maxClaimMs, ${maxClaimMs}; raise it in openNats`,
        );
      }
      clear();
      let after = 0; // most keys are new
      for (let tries = 0; tries < TRIES; tries += 1) {
        const token = randomUUID();
        if (await write(key, after, { ends: now() + ttlMs, token })) return { won: true, token };
        const held = await look(key);
        if (held && held.ends > now()) return { won: false, value: held.value };
        after = held?.seq ?? 0;
      }
      throw new NatsUnavailableError(`a key was contended ${TRIES} times over; try again`);
    },
    async settle(key, value, token) {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const held = await look(key);
        if (held?.token !== token || held.ends <= now()) return;
        if (await write(key, held.seq, { ends: held.ends, token, value })) return;
      }
    },
    async release(key, token) {
      const held = await look(key);
      if (held?.token === token) await link.ask(() => remove(held.seq));
    },
    async [Symbol.asyncDispose]() {},
  } satisfies DedupStore;
}
