import type { MonitorView } from "@tocsin-example/alert-contract/rest";

/** Where a rule stands, as a badge says it. */
export type Phase = "off" | "inactive" | "pending" | "firing" | "no-data" | "snoozed" | "spent";

/** Where a rule of a monitor stands at a market time; what keeps it quiet comes before what it sees. */
export function phaseOf(monitor: MonitorView, ruleId: string, now: number | null): Phase {
  if (!monitor.enabled) return "off";
  const state = monitor.states.find((each) => each.ruleId === ruleId);
  if (!state) return "inactive";
  if (state.spent) return "spent";
  if (isSnoozed(state.snoozedUntil, now)) return "snoozed";
  return state.phase;
}

/** Until when a monitor is quiet as a whole; `undefined` when one of its rules is not. */
export function snoozedUntil(monitor: MonitorView, now: number | null): number | undefined {
  const ends = monitor.rules.map(({ id }) => {
    const state = monitor.states.find((each) => each.ruleId === id);
    return isSnoozed(state?.snoozedUntil ?? null, now) ? (state?.snoozedUntil ?? 0) : 0;
  });
  const first = Math.min(...ends);
  return first > 0 ? first : undefined;
}

function isSnoozed(until: number | null, now: number | null): boolean {
  return until !== null && (now === null || until > now);
}
