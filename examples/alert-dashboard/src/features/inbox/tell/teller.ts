import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { Leadership } from "./leader.js";
import { type Plan, planTelling, type TellSettings } from "./plan.js";

/** Alerts so close to each other are told together. */
export const BURST_MS = 300;
/** What nobody has told after so long is not told by whoever takes over: it is in the inbox. */
export const UNTOLD_MS = 15_000;

/** The part of a BroadcastChannel that is used. */
export interface TabLine {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

/** What a teller works with; everything of the browser is an argument. */
export interface TellerParts {
  readonly leadership: Leadership;
  readonly line: TabLine | undefined;
  readonly settings: () => TellSettings;
  readonly tell: (plan: Plan) => void;
  readonly now: () => number;
  readonly after: (run: () => void, ms: number) => void;
}

/** Tells each alert once in all tabs together. */
export interface Teller {
  hear(alert: AlertNotification): void;
  stop(): void;
}

/**
 * Every tab hears every alert on a connection of its own, and holds it until the leader says that it was told. The
 * tab that takes over therefore knows what the one before did not get to.
 */
export function createTeller(parts: TellerParts): Teller {
  const { leadership, line, settings, tell, now, after } = parts;
  const waiting = new Map<string, { readonly alert: AlertNotification; readonly at: number }>();
  const told = new Map<string, number>();
  let scheduled = false;
  let stopped = false;

  function forget(): void {
    const since = now() - UNTOLD_MS;
    for (const [id, { at }] of waiting) if (at < since) waiting.delete(id);
    for (const [id, at] of told) if (at < since) told.delete(id);
  }

  function done(ids: readonly string[]): void {
    for (const id of ids) {
      waiting.delete(id);
      told.set(id, now());
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    after(() => {
      scheduled = false;
      forget();
      if (stopped || leadership.role === "follower" || waiting.size === 0) return;
      const burst = [...waiting.values()].map(({ alert }) => alert);
      const ids = burst.map(({ id }) => id);
      // Said before it is done: told twice is worse than told in the inbox only.
      done(ids);
      line?.postMessage({ told: ids });
      tell(planTelling(burst, settings()));
    }, BURST_MS);
  }

  if (line) {
    line.onmessage = ({ data }) => {
      if (isTold(data)) done(data.told);
    };
  }
  const leave = leadership.subscribe(schedule);

  return {
    hear(alert) {
      if (told.has(alert.id)) return;
      waiting.set(alert.id, { alert, at: now() });
      schedule();
    },
    stop() {
      stopped = true;
      leave();
      line?.close();
    },
  };
}

function isTold(data: unknown): data is { readonly told: readonly string[] } {
  return typeof data === "object" && data !== null && "told" in data && Array.isArray(data.told);
}
