import type { AlertNotification } from "@tocsin/protocol/alerts";

/** A stretch of the inbox the live channel could not deliver; the history was loaded again to fill it. */
export interface GapNote {
  readonly id: string;
  /** How many alerts may have arrived in it. */
  readonly missed: number;
  /** The newest alert known when the gap was reported; the note stands right above it. */
  readonly afterSeq: number;
  /** When it was noticed, milliseconds since 1970 on the reader's clock. */
  readonly at: number;
}

/** One line of the timeline. */
export type Entry =
  | { readonly type: "alert"; readonly alert: AlertNotification }
  | { readonly type: "gap"; readonly gap: GapNote };

/**
 * One list from the stored history and the live channel, newest first. An alert that came both ways stands
 * there once: with the copy that knows of more suppressed repeats, which is the younger one.
 */
export function mergeAlerts(
  history: readonly AlertNotification[],
  live: readonly AlertNotification[],
): AlertNotification[] {
  const byId = new Map<string, AlertNotification>();
  for (const alert of [...history, ...live]) {
    const known = byId.get(alert.id);
    if (!known || alert.suppressedCount > known.suppressedCount) byId.set(alert.id, alert);
  }
  return [...byId.values()].sort((a, b) => b.seq - a.seq);
}

/** Puts each note about a gap right above the newest alert that was known when it happened. */
export function withGaps(alerts: readonly AlertNotification[], gaps: readonly GapNote[]): Entry[] {
  const waiting = [...gaps].sort((a, b) => b.afterSeq - a.afterSeq || b.at - a.at);
  const entries: Entry[] = [];
  for (const alert of alerts) {
    for (let next = waiting[0]; next && next.afterSeq >= alert.seq; next = waiting[0]) {
      waiting.shift();
      entries.push({ type: "gap", gap: next });
    }
    entries.push({ type: "alert", alert });
  }
  return [...entries, ...waiting.map((gap) => ({ type: "gap" as const, gap }))];
}

/** How many repeats were held back in all. */
export function suppressedIn(alerts: readonly AlertNotification[]): number {
  return alerts.reduce((sum, alert) => sum + alert.suppressedCount, 0);
}
