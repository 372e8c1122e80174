import type { AlertRule, Monitor, Tick } from "@tocsin/protocol/alerts";
import { type Band, bandOf, isBandRule } from "../rules/band.js";
import type { RuleMemory, RuleTransition, Sighting } from "../transition.js";
import type { ArmedMonitor, TradingCalendar } from "./evaluator.js";
import { type Finding, type Moment, step, type Temper } from "./lifecycle.js";

/** One rule that is watched. Only `memory` and `evaluatedAt` ever change. */
export interface Watched {
  readonly monitor: Monitor;
  readonly rule: AlertRule;
  readonly armedAt: number | null;
  /** The band of a rule that names prices. */
  readonly band: Band | undefined;
  /** When it is evaluated; `null` always. */
  readonly calendar: TradingCalendar | null;
  readonly temper: Temper;
  memory: RuleMemory;
  /** Market time of its last evaluation, so that one tick looks at it once. */
  evaluatedAt: number;
}

/** Makes a rule watched. Memory of another version, or of another rule, is not its own. */
export function watchedOf(
  { monitor, armedAt }: ArmedMonitor,
  rule: AlertRule,
  calendar: TradingCalendar | null,
  known: readonly RuleMemory[],
): Watched {
  const memory = known.find(
    ({ monitorId, monitorVersion, ruleId }) =>
      monitorId === monitor.id && monitorVersion === monitor.version && ruleId === rule.id,
  );
  return {
    monitor,
    rule,
    armedAt,
    band: isBandRule(rule) ? bandOf(rule) : undefined,
    calendar,
    temper: {
      forMs: rule.kind === "stale-feed" ? 0 : rule.forMs,
      renews: rule.kind === "percent-change",
    },
    memory: memory ?? {
      monitorId: monitor.id,
      monitorVersion: monitor.version,
      ruleId: rule.id,
      phase: "inactive",
      since: null,
      pendingSince: null,
      firedAt: null,
      firedPrice: null,
      held: false,
    },
    evaluatedAt: Number.NEGATIVE_INFINITY,
  };
}

/** Whether a time is one this rule may be evaluated at. */
export function isOpenAt({ armedAt, memory, rule, calendar }: Watched, at: number): boolean {
  if (armedAt !== null && at <= armedAt) return false;
  if (memory.since !== null && at <= memory.since) return false; // known from before a restart
  if (rule.expiresAt !== null && at >= rule.expiresAt) return false;
  return calendar === null || calendar.isOpen(at);
}

/** What a sighting may add to its time and price. */
export type Details = Partial<Omit<Sighting, "at">>;

/** What a tick shows, beside what a rule makes of it. */
export function detailsOf(tick: Tick, previousPrice: number | null): Details {
  return {
    previousPrice,
    feedAt: tick.feedAt ?? null,
    receivedAt: tick.receivedAt ?? null,
    venue: tick.venue ?? null,
  };
}

/** Moves a rule and hands out how it moved. What it already knows of a later time stays. */
export function move(
  watched: Watched,
  finding: Finding,
  moment: Moment,
  details: Details,
  out: RuleTransition[],
): void {
  if (watched.memory.since !== null && moment.at < watched.memory.since) return;
  const { memory, moves } = step(watched.memory, finding, watched.temper, moment);
  watched.memory = memory;
  if (moves.length === 0) return;
  const seen: Sighting = {
    previousPrice: null,
    level: null,
    referencePrice: null,
    changePercent: null,
    feedAt: null,
    receivedAt: null,
    venue: null,
    ...details,
    ...moment,
  };
  const { monitor, rule } = watched;
  for (const moved of moves) out.push({ ...moved, monitor, rule, seen });
}
