import type { Clock } from "../clock.js";
import type { Broker } from "../store/broker.js";

/** Tells the broker which channels have readers here. */
export interface Interest {
  /** A channel got its first reader, or lost its last. */
  changed(channel: string, wanted: boolean): void;
  /** Resolves when everything said about a channel so far has been carried out. Rejects when that failed. */
  settled(channel: string): Promise<void>;
  /** Gives a channel up and asks for it anew, if it is still wanted: the broker may have forgotten. */
  renew(channel: string): Promise<void>;
  /** Gives up at once what nobody reads any more. */
  stop(): void;
}

/** What the interest works with. */
export interface InterestParts {
  readonly broker: Broker;
  readonly clock: Clock;
  /** A channel is kept for so long after its last reader has left, who may come back. */
  readonly lingerMs: number;
  onFailure(error: unknown, channel: string): void;
}

/** Changes of one channel go to the broker one after the other, so that the last word is the one that counts. */
export function createInterest({ broker, clock, lingerMs, onFailure }: InterestParts): Interest {
  const pending = new Map<string, Promise<void>>();
  const wanted = new Set<string>();
  /** Channels nobody reads, and when they are given up; the next one first. */
  const lingering = new Map<string, number>();
  /** Channels the broker was asked for and did not refuse. */
  const asked = new Set<string>();
  let cancel: (() => void) | undefined;
  let stopped = false;

  function say(channel: string, word: () => Promise<void>): Promise<void> {
    const before = pending.get(channel) ?? Promise.resolve();
    const change = before
      .catch(() => {}) // its failure was reported to whoever waited for it
      .then(word);
    pending.set(channel, change);
    change
      .catch((error) => onFailure(error, channel))
      .finally(() => {
        if (pending.get(channel) === change) pending.delete(channel);
      });
    return change;
  }

  async function subscribe(channel: string): Promise<void> {
    asked.add(channel);
    try {
      await broker.subscribe(channel);
    } catch (error) {
      asked.delete(channel);
      throw error;
    }
  }

  async function unsubscribe(channel: string): Promise<void> {
    asked.delete(channel);
    await broker.unsubscribe(channel);
  }

  function giveUp(channel: string): void {
    lingering.delete(channel);
    say(channel, () => unsubscribe(channel)).catch(() => {}); // reported
  }

  function sweep(): void {
    cancel = undefined;
    const now = clock.now();
    for (const [channel, at] of lingering) {
      if (at > now) {
        cancel = clock.after(at - now, sweep);
        return;
      }
      giveUp(channel);
    }
  }

  return {
    changed(channel, isWanted) {
      if (isWanted) {
        wanted.add(channel);
        if (lingering.delete(channel) && asked.has(channel)) return; // the broker still has it
        say(channel, () => subscribe(channel)).catch(() => {}); // reported
        return;
      }
      wanted.delete(channel);
      if (lingerMs === 0 || stopped) giveUp(channel);
      else {
        lingering.set(channel, clock.now() + lingerMs);
        cancel ??= clock.after(lingerMs, sweep);
      }
    },
    settled: (channel) => pending.get(channel) ?? Promise.resolve(),
    renew: (channel) =>
      say(channel, async () => {
        if (!wanted.has(channel)) return;
        await unsubscribe(channel);
        await subscribe(channel);
      }),
    stop() {
      stopped = true;
      cancel?.();
      for (const channel of lingering.keys()) giveUp(channel);
    },
  };
}
