import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { BrokerState } from "../store/broker.js";
import { explained, PostgresUnavailableError } from "./errors.js";
import {
  connected,
  type PostgresClient,
  type PostgresNotification,
  type PostgresPool,
  within,
} from "./pool.js";

/** Receives what is announced with `NOTIFY`, and goes on after its connection was lost. */
export interface PostgresListener {
  /** Resolves when what is announced from then on will arrive. Asking a second time changes nothing. */
  listen(topic: string): Promise<void>;
  unlisten(topic: string): Promise<void>;
  /** Sets who hears of every change of state; returns how to take it back. */
  onState(listener: (state: BrokerState) => void): () => void;
  /** Says down and up, because something was lost although the connection stands. */
  sayLost(error: unknown): void;
  /** Ends it; twice is harmless. */
  close(): void;
}

/** What a listener works with. */
export interface ListenerParts {
  readonly pool: PostgresPool;
  readonly timeoutMs: number;
  /** Told of every message of a topic that was asked for. */
  receive(topic: string, payload: string): void;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** One connection, for as long as it lasts. */
interface Link {
  readonly client: PostgresClient;
  readonly asked: Set<string>;
  lost: boolean;
  /** Calls off the next check. */
  rest(): void;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** Nobody tells of a line that falls silent, so the connection is asked as often as this. */
const CHECK_EVERY_MS = 10_000;

/** So many topics are asked for in one query after a connection was lost. */
const AT_A_TIME = 200;

/** Makes a listener. It takes a connection of the pool with the first topic, and keeps it. */
export function createListener(parts: ListenerParts): PostgresListener {
  const { pool, timeoutMs, clock = systemClock, logger = silentLogger } = parts;
  const wanted = new Set<string>();
  let linking: Promise<Link> | undefined;
  let tell: ((state: BrokerState) => void) | undefined;
  let restoring = false;
  let closed = false;

  function link(): Promise<Link> {
    linking ??= open().catch((error) => {
      linking = undefined;
      throw error;
    });
    return linking;
  }

  async function open(): Promise<Link> {
    const client = await connected(pool, timeoutMs, clock);
    const opened: Link = { client, asked: new Set(), lost: false, rest: () => {} };
    client.on("notification", ({ channel, payload = "" }: PostgresNotification) => {
      if (!opened.lost && wanted.has(channel)) parts.receive(channel, payload);
    });
    client.on("error", (error) => lose(opened, error));
    client.on("end", () => lose(opened, new PostgresUnavailableError("the connection ended")));
    if (closed) lose(opened, undefined);
    else check(opened);
    return opened;
  }

  function check(one: Link): void {
    one.rest = clock.after(CHECK_EVERY_MS, () => {
      say(one, "SELECT 1").then(
        () => {
          if (!one.lost) check(one);
        },
        () => {},
      );
    });
  }

  /** A connection that does not do as it is told is lost. */
  async function say(one: Link, text: string): Promise<void> {
    if (one.lost) throw new PostgresUnavailableError("the connection that listens was lost");
    try {
      await within(clock, timeoutMs, one.client.query(text));
    } catch (error) {
      const reason = explained(error);
      lose(one, reason);
      throw reason;
    }
  }

  function lose(one: Link, error: unknown): void {
    if (one.lost) return;
    one.lost = true;
    one.rest();
    linking = undefined;
    one.client.release(true);
    if (closed || wanted.size === 0) return;
    logger.warn({ err: error }, "lost the connection that listens; opening another");
    if (restoring) return;
    restoring = true;
    tell?.({ is: "down", error });
    restore(FIRST_WAIT_MS);
  }

  function restore(waitMs: number): void {
    clock.after(waitMs, () => {
      if (closed) return;
      listenToAll().then(
        () => {
          restoring = false;
          if (!closed) tell?.({ is: "up" });
        },
        (error) => {
          logger.debug({ err: error }, "cannot listen yet");
          restore(Math.min(LONGEST_WAIT_MS, waitMs * 2));
        },
      );
    });
  }

  async function listenToAll(): Promise<void> {
    const one = await link();
    const missing = () => [...wanted].filter((topic) => !one.asked.has(topic));
    for (let some = missing(); some.length > 0 && !closed; some = missing()) {
      const part = some.slice(0, AT_A_TIME);
      for (const topic of part) one.asked.add(topic);
      await say(one, part.map((topic) => `LISTEN "${topic}"`).join("; "));
    }
    if (one.lost) throw new PostgresUnavailableError("the connection that listens was lost");
  }

  return {
    async listen(topic) {
      if (closed) throw new PostgresUnavailableError("the listener is closed");
      const known = wanted.has(topic);
      wanted.add(topic);
      try {
        const one = await link();
        one.asked.add(topic);
        await say(one, `LISTEN "${topic}"`);
      } catch (error) {
        if (!known) wanted.delete(topic);
        throw explained(error);
      }
    },
    async unlisten(topic) {
      if (!wanted.delete(topic)) return;
      const one = await linking?.catch(() => undefined);
      if (!one?.asked.delete(topic) || wanted.has(topic)) return;
      // When this fails the connection is lost, and the interest with it.
      await say(one, `UNLISTEN "${topic}"`).catch(() => {});
    },
    onState(listener) {
      tell = listener;
      return () => {
        if (tell === listener) tell = undefined;
      };
    },
    sayLost(error) {
      if (restoring || closed) return; // whoever hears that it is up again looks for everything
      tell?.({ is: "down", error });
      tell?.({ is: "up" });
    },
    close() {
      if (closed) return;
      closed = true;
      wanted.clear();
      void linking?.then(
        (one) => lose(one, undefined),
        () => {},
      );
    },
  };
}
