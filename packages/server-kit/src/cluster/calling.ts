import type { Clock } from "../clock.js";
import { PrimaryStoreError, PrimaryTimeoutError, PrimaryUnavailableError } from "./errors.js";
import type { Link } from "./link.js";
import type { Calls, PrimaryMessage, Results } from "./messages.js";

/** Calls the primary. */
export interface Calling {
  call<M extends keyof Calls>(method: M, ...args: Parameters<Calls[M]>): Promise<Results[M]>;
  /** The primary has answered, or is gone. */
  take(message: Extract<PrimaryMessage, { id: number }>): void;
  end(): void;
}

interface Pending {
  resolve(value: never): void;
  reject(error: Error): void;
  late(): void;
}

/** With so many calls overdue the primary is not asked any more until it has answered one. */
const MOST_OVERDUE = 64;
const MOST_PENDING = 10_000;

/** Nothing waits for ever, and nothing piles up: what cannot be sent is refused at once. */
export function createCalling(link: Link, clock: Clock, timeoutMs: number): Calling {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let overdue = 0;
  let ended = false;

  function refusal(): PrimaryUnavailableError | undefined {
    if (ended) return new PrimaryUnavailableError("the primary process is gone");
    if (overdue >= MOST_OVERDUE) {
      return new PrimaryUnavailableError(
        `the primary process has left ${overdue} calls unanswered for more than ${timeoutMs} ms`,
      );
    }
    if (pending.size < MOST_PENDING) return undefined;
    return new PrimaryUnavailableError(`${MOST_PENDING} calls wait for the primary process`);
  }

  return {
    // The answer has the type of the method that was called, and only its id says which one that was.
    call: (method, ...args): Promise<never> => {
      const refused = refusal();
      if (refused) return Promise.reject(refused);
      lastId += 1;
      const id = lastId;
      return new Promise<never>((resolve, reject) => {
        const late = clock.after(timeoutMs, () => {
          pending.delete(id);
          overdue += 1;
          const text = `the primary process did not answer "${method}" within ${timeoutMs} ms`;
          reject(new PrimaryTimeoutError(text));
        });
        pending.set(id, { resolve, reject, late });
        link.send({ tocsin: "call", id, method, args }, (error) => {
          if (!error || !pending.delete(id)) return;
          late();
          reject(
            new PrimaryUnavailableError("the primary process cannot be reached", { cause: error }),
          );
        });
      });
    },
    take(message) {
      overdue = 0;
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      waiting?.late();
      if (message.tocsin === "failure") {
        waiting?.reject(new PrimaryStoreError(message.message, message));
      } else waiting?.resolve(message.value as never);
    },
    end() {
      ended = true;
      for (const { late, reject } of pending.values()) {
        late();
        reject(new PrimaryUnavailableError("the primary process is gone"));
      }
      pending.clear();
    },
  };
}
