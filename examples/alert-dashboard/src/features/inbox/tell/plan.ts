import type { AlertNotification, Severity } from "@tocsin/protocol/alerts";

/** How a reader wants to be told. */
export interface TellSettings {
  readonly sound: boolean;
  readonly notify: boolean;
  readonly minSeverity: Severity;
}

/** What to tell of a burst. */
export interface Plan {
  /** Critical first, then the newest. */
  readonly single: readonly AlertNotification[];
  /** How many more there are than are told singly. */
  readonly more: number;
  readonly sound: "critical" | "normal" | undefined;
}

/** More notifications than this at once are a wall nobody reads. */
const MOST = 3;

const RANK = { info: 0, warning: 1, critical: 2 } as const satisfies Record<Severity, number>;

/**
 * Whether an alert is told by itself. What a flood or a digest holds back is told by its summary, and what was read
 * or put off meanwhile is not told at all.
 */
export function isTold(alert: AlertNotification, { minSeverity }: TellSettings): boolean {
  return (
    alert.push === "now" &&
    RANK[alert.severity] >= RANK[minSeverity] &&
    alert.readAt === null &&
    alert.snoozedUntil === null
  );
}

/** What to tell of alerts that came at about one time. */
export function planTelling(burst: readonly AlertNotification[], settings: TellSettings): Plan {
  const told = burst
    .filter((alert) => isTold(alert, settings))
    .sort((a, b) => RANK[b.severity] - RANK[a.severity] || b.seq - a.seq);
  const loudest = told[0]?.severity;
  return {
    single: settings.notify ? told.slice(0, MOST) : [],
    more: settings.notify ? Math.max(0, told.length - MOST) : 0,
    sound: !settings.sound || !loudest ? undefined : loudest === "critical" ? "critical" : "normal",
  };
}
