import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import type { BrokerState } from "../store/broker.js";
import { explained, NatsTimeoutError, NatsUnavailableError } from "./errors.js";

/** The least that is asked of a connection by itself. */
export interface StatusSource {
  status(): AsyncIterable<{ readonly type: string }>;
  flush(): Promise<void>;
  isClosed(): boolean;
}

/** Knows whether a connection stands. */
export interface NatsLink {
  /** @throws {@link NatsUnavailableError} while there is no connection: nothing is to wait in a queue of the client. */
  mustBeUp(): void;
  /** Does something that wants an answer, and explains why there is none. */
  ask<T>(work: () => Promise<T>): Promise<T>;
  /** Adds one who hears of every change of state; returns how to take it back. */
  onState(listener: (state: BrokerState) => void): () => void;
  /** Listens no more. */
  close(): void;
}

/** Follows a connection. When it comes back the client asks for all subjects again; then the server is asked for a word. */
export function createLink(
  connection: StatusSource,
  timeoutMs: number,
  { clock = systemClock, logger = silentLogger }: { clock?: Clock; logger?: Logger } = {},
): NatsLink {
  const listeners = new Set<(state: BrokerState) => void>();
  const pending = new Set<(error: unknown) => void>();
  const changes = connection.status()[Symbol.asyncIterator]();
  let down: unknown;
  let turn = 0;

  function tell(state: BrokerState): void {
    for (const listener of listeners) listener(state);
  }

  function lose(error: NatsUnavailableError): void {
    turn += 1;
    if (down !== undefined) return;
    down = error;
    logger.warn({ err: error }, "lost the connection to NATS");
    // The client lets them wait for their timeouts, though their answers went with the connection.
    for (const reject of pending) reject(error);
    tell({ is: "down", error });
  }

  async function find(): Promise<void> {
    turn += 1;
    const mine = turn;
    // The answer comes after the subjects were taken in.
    await within(clock, timeoutMs, pending, connection.flush()).catch(() => {});
    if (turn !== mine || down === undefined) return;
    down = undefined;
    logger.info({}, "found NATS again");
    tell({ is: "up" });
  }

  async function follow(): Promise<void> {
    for (;;) {
      const { done, value } = await changes.next();
      if (done) return;
      if (value.type === "disconnect") lose(new NatsUnavailableError("the connection was lost"));
      if (value.type === "close") lose(new NatsUnavailableError("the connection was closed"));
      if (value.type === "reconnect") void find();
    }
  }
  follow().catch((error) =>
    lose(new NatsUnavailableError("the connection failed", { cause: error })),
  );

  function mustBeUp(): void {
    if (connection.isClosed()) throw new NatsUnavailableError("the connection is closed");
    if (down !== undefined) {
      throw new NatsUnavailableError("NATS is not connected; nothing was sent", { cause: down });
    }
  }

  return {
    mustBeUp,
    async ask(work) {
      mustBeUp();
      try {
        return await within(clock, timeoutMs, pending, work());
      } catch (error) {
        throw explained(error);
      }
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      listeners.clear();
      void changes.return?.();
    },
  };
}

function within<T>(
  clock: Clock,
  ms: number,
  pending: Set<(error: unknown) => void>,
  work: Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () =>
      reject(new NatsTimeoutError(`NATS did not answer within ${ms} ms`)),
    );
    pending.add(reject);
    work.then(resolve, reject).finally(() => {
      pending.delete(reject);
      cancel();
    });
  });
}
