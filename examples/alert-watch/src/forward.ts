import { setTimeout as sleep } from "node:timers/promises";
import type { Alert } from "./alert.js";
import { signedHeaders } from "./signature.js";

/** Hands alerts on to a URL, in order, one at a time. */
export interface Forwarder {
  send(alert: Alert): void;
  /** Gives what is under way a last chance, and says how many alerts were not taken. */
  close(): Promise<void>;
}

/** Settings of {@link createForwarder}. */
export interface ForwardOptions {
  readonly url: URL;
  readonly key: Buffer;
  readonly say: (message: string) => void;
  readonly now?: () => number;
  /** Spreads what is tried again, in [0, 1). */
  readonly random?: () => number;
  /** The wait before a second attempt, milliseconds; it doubles up to 30 s. */
  readonly baseMs?: number;
  readonly timeoutMs?: number;
  /** How long the last chance is, milliseconds. */
  readonly lingerMs?: number;
}

const MAX_WAIT_MS = 30_000;

/** So many wait for a receiver that is away; then the oldest are given up, and it is said. */
const MAX_WAITING = 1_000;

/** Answers that are no fault of the request: later it may be taken. */
const PASSING = new Set([408, 425, 429]);

type Judgement = "taken" | "refused" | "later";

/** Creates a forwarder. An alert is repeated under one `webhook-id` until it is taken, so a receiver can make it once. */
export function createForwarder({
  url,
  key,
  say,
  now = Date.now,
  random = Math.random,
  baseMs = 500,
  timeoutMs = 10_000,
  lingerMs = 3_000,
}: ForwardOptions): Forwarder {
  const waiting: Alert[] = [];
  const ending = new AbortController();
  let working: Promise<void> | undefined;
  let lost = 0;

  async function post(alert: Alert): Promise<{ judgement: Judgement; why: string }> {
    const body = JSON.stringify(payloadOf(alert));
    const id = `${alert.id}.${alert.revision}`;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: signedHeaders(key, id, now(), body),
        body,
        redirect: "manual",
        signal: AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs)]),
      });
      await response.body?.cancel();
      return { judgement: judge(response.status), why: `answered ${response.status}` };
    } catch (error) {
      return { judgement: "later", why: reasonOf(error) };
    }
  }

  /** Posts until it is taken or refused. Nothing else is sent meanwhile: the receiver gets them in order. */
  async function deliver(alert: Alert): Promise<void> {
    for (let attempt = 1; !ending.signal.aborted; attempt += 1) {
      const { judgement, why } = await post(alert);
      if (judgement === "taken") return;
      if (judgement === "refused") {
        lost += 1;
        say(`${url.host} refuses "${alert.title}": ${why}`);
        return;
      }
      if (ending.signal.aborted) break;
      if (attempt === 1) say(`${url.host} does not take alerts (${why}); trying again`);
      const most = Math.min(MAX_WAIT_MS, baseMs * 2 ** (attempt - 1));
      await sleep(most - (random() * most) / 2, undefined, { signal: ending.signal }).catch(
        () => {}, // closing
      );
    }
    lost += 1;
  }

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) await deliver(next);
    working = undefined;
  }

  return {
    send(alert) {
      waiting.push(alert);
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        lost += 1;
      }
      working ??= work();
    },
    async close() {
      const late = setTimeout(() => ending.abort(), lingerMs);
      await working;
      clearTimeout(late);
      if (lost > 0) say(`${url.host} did not take ${lost === 1 ? "1 alert" : `${lost} alerts`}`);
    },
  };
}

/** As the webhooks of the server have it. */
function payloadOf(alert: Alert) {
  const { kind, state, updatedAt } = alert;
  const event = kind === "no-data" || kind === "summary" ? kind : "fired";
  return {
    type: `alert.${state === "resolved" ? "resolved" : event}`,
    timestamp: new Date(updatedAt).toISOString(),
    data: alert,
  };
}

function judge(status: number): Judgement {
  if (status >= 200 && status < 300) return "taken";
  return status >= 500 || PASSING.has(status) ? "later" : "refused";
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
