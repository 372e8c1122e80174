import {
  type Monitor,
  type NewMonitorInput,
  type NewRuleInput,
  newMonitor,
} from "@tocsin/protocol/alerts";
import type { AlertStore } from "../../src/alerts/store/kysely-alert-store.js";
import type {
  FeedTransition,
  RuleTransition,
  Sighting,
  Transition,
} from "../../src/alerts/transition.js";

/** A noon in market time; tests count minutes from here. */
export const NOON = Date.UTC(2008, 8, 15, 12);
export const MINUTE = 60_000;

/** Minutes after noon, in market time. */
export const minute = (minutes: number): number => NOON + minutes * MINUTE;

export const takeProfit: NewRuleInput = { kind: "take-profit", price: 105, id: "tp" };
export const stopLoss: NewRuleInput = { kind: "stop-loss", price: 95, id: "sl" };

/** What a user writes to create a monitor, with some rules. */
export function monitorInput(
  rules: readonly NewRuleInput[] = [takeProfit, stopLoss],
  changes: Partial<NewMonitorInput> = {},
) {
  return newMonitor.parse({ symbol: "SPX", rules: [...rules], ...changes });
}

/** Creates a monitor that was armed before noon. */
export async function newMonitorOf(
  store: AlertStore,
  rules?: readonly NewRuleInput[],
  { userId = "ada", ...changes }: Partial<NewMonitorInput> & { readonly userId?: string } = {},
): Promise<Monitor> {
  const input = monitorInput(rules, changes);
  return (await store.createMonitor(userId, input, minute(-1))).monitor;
}

function sighting(at: number, price: number): Sighting {
  return {
    at,
    price,
    previousPrice: 104,
    level: 105,
    referencePrice: null,
    changePercent: null,
    feedAt: at - 5,
    receivedAt: at + 5,
    venue: "NYSE",
  };
}

/** A move of one rule, without a market behind it. */
export function move(
  type: RuleTransition["type"],
  monitor: Monitor,
  ruleId: string,
  at: number,
  price = 106,
): RuleTransition {
  const rule = monitor.rules.find(({ id }) => id === ruleId);
  if (!rule) throw new Error(`monitor ${monitor.id} has no rule ${ruleId}`);
  const phase = { pending: "pending", fired: "firing", resolved: "inactive", lapsed: "inactive" };
  return {
    type,
    monitor,
    rule,
    seen: sighting(at, price),
    memory: {
      monitorId: monitor.id,
      monitorVersion: monitor.version,
      ruleId,
      phase: phase[type] as RuleTransition["memory"]["phase"],
      since: at,
      pendingSince: null,
      firedAt: type === "fired" ? at : null,
      firedPrice: type === "fired" ? price : null,
      held: false,
    },
  };
}

export const fired = (monitor: Monitor, ruleId: string, at: number, price?: number) =>
  move("fired", monitor, ruleId, at, price);
export const resolved = (monitor: Monitor, ruleId: string, at: number) =>
  move("resolved", monitor, ruleId, at);

/** A feed that falls silent, or comes back. */
export function feed(
  type: FeedTransition["type"],
  monitor: Monitor,
  at: number,
  lastAt: number,
): FeedTransition {
  return { type, monitor, at, lastAt, lastPrice: 101.5 };
}

/** A rule that fires and is quiet again, over and over, each half a step apart. */
export function oscillation(
  monitor: Monitor,
  ruleId: string,
  times: number,
  stepMs: number,
): Transition[] {
  return Array.from({ length: times }, (_, index) => {
    const at = NOON + Math.floor(index * stepMs);
    return [fired(monitor, ruleId, at), resolved(monitor, ruleId, at + Math.floor(stepMs / 2))];
  }).flat();
}
