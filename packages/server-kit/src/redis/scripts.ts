import { createHash } from "node:crypto";
import { explained, RedisTimeoutError, RedisUnavailableError } from "./errors.js";

/** What goes into a script. */
export interface ScriptInput {
  keys: string[];
  arguments: string[];
}

/** The least the stores ask of a client. `createClient` and `createCluster` of `redis` make ones that fit. */
export interface RedisScripts {
  /** Runs a script that the server has seen before, by the SHA-1 of its text; rejects with `NOSCRIPT` otherwise. */
  evalSha(sha1: string, input: ScriptInput): Promise<unknown>;
  /** Runs a script by its text. */
  eval(script: string, input: ScriptInput): Promise<unknown>;
}

/** How long a command may take. */
export interface RedisTimeout {
  /** After so many milliseconds without an answer a command is rejected. Default 2,000. */
  readonly timeoutMs?: number;
}

/** How long a command may take, where nothing else is said. */
export const DEFAULT_TIMEOUT_MS = 2_000;

/** Runs one script. Rejects with a `RedisUnavailableError`, `RedisTimeoutError` or `RedisRefusedError`. */
export type RunScript = (keys: string[], args: string[]) => Promise<unknown>;

/** So many commands may be overdue and unanswered; then nothing more is sent, and memory stays where it is. */
const MAX_OVERDUE = 64;

const overdue = new WeakMap<RedisScripts, { count: number }>();

/** Prepares a script on a client. */
export function script(
  client: RedisScripts,
  text: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: RedisTimeout = {},
): RunScript {
  const sha1 = createHash("sha1").update(text).digest("hex");
  const limbo = overdue.get(client) ?? { count: 0 };
  overdue.set(client, limbo);

  const run = async (input: ScriptInput): Promise<unknown> => {
    try {
      return await client.evalSha(sha1, input);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return client.eval(text, input); // a server that was started anew, or never saw it
    }
  };

  return (keys, args) => {
    if (limbo.count >= MAX_OVERDUE) {
      return Promise.reject(
        new RedisUnavailableError(
          `Redis has left ${limbo.count} commands unanswered for more than ${timeoutMs} ms`,
        ),
      );
    }
    return inTime(run({ keys, arguments: args }), timeoutMs, limbo);
  };
}

function inTime(work: Promise<unknown>, timeoutMs: number, limbo: { count: number }) {
  return new Promise<unknown>((resolve, reject) => {
    let late = false;
    let settled = false;
    const giveUp = () => {
      if (settled) return;
      late = true;
      limbo.count += 1;
      reject(
        new RedisTimeoutError(
          `Redis did not answer within ${timeoutMs} ms; whether the command took effect is not known`,
        ),
      );
    };
    // Answers that came in while this process was busy elsewhere are read before anything is given up.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    const settle = () => {
      settled = true;
      clearTimeout(timer);
      if (late) limbo.count -= 1;
    };
    work.then(
      (answer) => {
        settle();
        resolve(answer);
      },
      (error) => {
        settle();
        reject(explained(error));
      },
    );
  });
}
