import type { ClientMessage, Codec, ServerMessage, ServerMessageOf } from "@tocsin/protocol";
import { TocsinError } from "@tocsin/protocol";
import type { Clock } from "./clock.js";
import { toRequestError } from "./connection/driver.js";
import { AbortedError, QueueOverflowError, RequestTimeoutError } from "./errors.js";

/** How long to wait for an answer, and who may end the wait. */
export interface RequestOptions {
  /** Ends the wait with an `AbortedError`. What was already sent is not taken back. */
  readonly signal?: AbortSignal;
  /** Longest wait, time spent offline included, in milliseconds. Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
}

/** A message that gets an answer. */
export type Ask = Extract<ClientMessage, { type: "publish" | "call" | "history" | "presence" }>;

/** The answer to an {@link Ask} that worked. */
export type Answer = ServerMessageOf<"published" | "result">;

interface Open {
  readonly frame: string | Uint8Array;
  /** Whether doing it twice is as good as doing it once. */
  readonly repeatable: boolean;
  written: boolean;
  readonly settle: (outcome: Answer | TocsinError) => void;
}

/** Requests under way and requests waiting for a connection, in the order they were made. */
export interface Requests {
  /** Sends now or when there is a connection; resolves with the answer. */
  ask(message: Ask, repeatable: boolean, options: RequestOptions): Promise<Answer>;
  /** The connection is there: sends what waits, and again what a cut left unanswered. */
  flush(): void;
  /** The connection is gone. `final` rejects everything, otherwise what must not be sent twice. */
  interrupt(error: TocsinError, final: boolean): void;
  /** Takes an answer; `false` when it belongs to no request. */
  answer(message: ServerMessage): boolean;
}

export interface RequestsOptions {
  readonly clock: Clock;
  readonly codec: Codec;
  readonly queueSize: number;
  readonly timeoutMs: number;
  readonly live: () => boolean;
  readonly send: (frame: string | Uint8Array) => void;
}

export function createRequests(options: RequestsOptions): Requests {
  const { clock, codec } = options;
  const open = new Map<string, Open>();

  function write(request: Open): void {
    request.written = true;
    options.send(request.frame);
  }

  return {
    ask: (message, repeatable, { signal, timeoutMs = options.timeoutMs }) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) throw new AbortedError("aborted", { cause: signal.reason });
        if (!options.live() && open.size >= options.queueSize) {
          throw new QueueOverflowError(
            `${open.size} requests wait for a connection already; raise offlineQueue or send less`,
          );
        }
        const frame = codec.serialize(message);
        if (frame === undefined) {
          throw new TocsinError(`the codec has no message for ${message.type}`);
        }
        const cancel = clock.after(timeoutMs, () =>
          settle(new RequestTimeoutError(`no answer to ${message.type} within ${timeoutMs} ms`)),
        );
        const abort = () => settle(new AbortedError("aborted", { cause: signal?.reason }));
        signal?.addEventListener("abort", abort);
        const settle = (outcome: Answer | TocsinError) => {
          open.delete(message.id);
          cancel();
          signal?.removeEventListener("abort", abort);
          if (outcome instanceof TocsinError) reject(outcome);
          else resolve(outcome);
        };
        const request: Open = { frame, repeatable, written: false, settle };
        open.set(message.id, request);
        if (options.live()) write(request);
      }),
    flush() {
      for (const request of open.values()) if (!request.written) write(request);
    },
    interrupt(error, final) {
      for (const request of [...open.values()]) {
        if (final || (request.written && !request.repeatable)) request.settle(error);
        else request.written = false; // E12: sent again, with the same id and key
      }
    },
    answer(message) {
      const request = "id" in message && message.id !== undefined && open.get(message.id);
      if (!request) return false;
      if (message.type === "error") request.settle(toRequestError(message));
      else if (message.type === "published" || message.type === "result") request.settle(message);
      else return false;
      return true;
    },
  };
}
