import { type AlertRule, type Monitor, newMonitor } from "@tocsin/protocol/alerts";
import { createEvaluator } from "@tocsin/server-kit/alerts";

const MINUTE = 60_000;

/** A rule, and the market it is shown in. */
interface Scene {
  /** As a user writes it. */
  readonly rule: unknown;
  /** Prices at minutes; the market goes straight from one to the next. */
  readonly path: readonly (readonly [minute: number, price: number])[];
  /** Minutes without a tick, both ends left out. */
  readonly silent?: readonly [from: number, to: number];
  /** What is traded in each bar of the rule. */
  readonly volumes?: readonly number[];
}

/** What is drawn besides the price: where the rule fires, where it is quiet again, what it waits for. */
export interface Run {
  readonly rule: AlertRule;
  readonly prices: readonly { readonly minute: number; readonly price: number }[];
  readonly volumes: readonly number[];
  readonly fires: readonly { readonly minute: number; readonly price: number }[];
  readonly pending: readonly Stretch[];
  readonly firing: readonly Stretch[];
  readonly minutes: number;
}

/** From one minute to another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** One scene for each kind of rule. */
export const scenes: readonly Scene[] = [
  {
    rule: { kind: "entry-range", low: 98, high: 102 },
    path: [
      [0, 107],
      [25, 100],
      [40, 100.8],
      [60, 106],
      [75, 104],
      [76, 96],
      [90, 94],
      [120, 96],
    ],
  },
  {
    rule: { kind: "take-profit", price: 105 },
    path: [
      [0, 99],
      [20, 103],
      [45, 106.5],
      [65, 107],
      [85, 102],
      [120, 104],
    ],
  },
  {
    rule: { kind: "stop-loss", price: 96 },
    path: [
      [0, 101],
      [25, 98],
      [50, 94],
      [70, 95],
      [90, 99],
      [120, 98],
    ],
  },
  {
    rule: { kind: "threshold", when: "above", price: 104, forMs: 20 * MINUTE },
    path: [
      [0, 100],
      [15, 105.5],
      [30, 102],
      [50, 106],
      [80, 107],
      [100, 101],
      [120, 100],
    ],
  },
  {
    rule: { kind: "crossing", direction: "up", price: 102, hysteresis: 2 },
    path: [
      [0, 98],
      [20, 104],
      [32, 101],
      [44, 104],
      [56, 101],
      [66, 103],
      [85, 97],
      [105, 104],
      [120, 104],
    ],
  },
  {
    rule: { kind: "percent-change", direction: "down", percent: 3, windowMs: 30 * MINUTE },
    path: [
      [0, 104],
      [30, 105],
      [42, 101],
      [60, 95.5],
      [75, 96],
      [120, 97.5],
    ],
  },
  {
    rule: { kind: "range-breakout", direction: "high", windowMs: 60 * MINUTE },
    path: [
      [0, 100],
      [20, 103],
      [40, 99],
      [70, 102],
      [82, 105.5],
      [92, 103],
      [120, 102],
    ],
  },
  {
    rule: { kind: "volume-spike", factor: 3, bars: 4, barMs: 10 * MINUTE },
    path: [
      [0, 100],
      [30, 101],
      [60, 100],
      [75, 104],
      [95, 105],
      [120, 104],
    ],
    volumes: [40, 50, 36, 54, 44, 48, 40, 190, 66, 50, 46, 52],
  },
  {
    rule: { kind: "stale-feed", afterMs: 20 * MINUTE },
    path: [
      [0, 100],
      [20, 103],
      [40, 101],
      [90, 99],
      [120, 102],
    ],
    silent: [40, 90],
  },
];

/** Plays a scene to the evaluator of the server, and writes down what it says. */
export function play({ rule: written, path, silent, volumes = [] }: Scene): Run {
  const monitor = watching(written);
  const [rule] = monitor.rules;
  if (!rule) throw new Error("a scene has one rule");
  const evaluator = createEvaluator();
  evaluator.arm({ monitor, armedAt: null });
  const minutes = path.at(-1)?.[0] ?? 0;
  const prices: { minute: number; price: number }[] = [];
  const fires: { minute: number; price: number }[] = [];
  const pending = stretches();
  const firing = stretches();
  let volume = 0;
  let price = 0;
  for (let minute = 0; minute <= minutes; minute += 1) {
    const at = minute * MINUTE;
    const isSilent = silent && silent[0] < minute && minute < silent[1];
    if (!isSilent) {
      price = priceAt(path, minute);
      prices.push({ minute, price });
      volume += (volumes[Math.floor(at / rule.barMs)] ?? 0) / (rule.barMs / MINUTE);
    }
    const found = isSilent
      ? evaluator.advance(at)
      : evaluator.evaluate({ symbol: "X", price, at, volume });
    for (const transition of found) {
      if (!("rule" in transition)) continue;
      const when = transition.seen.at / MINUTE;
      if (transition.type === "fired") fires.push({ minute: when, price });
    }
    const phase = evaluator.phase("shown", rule.id);
    pending.see(minute, phase === "pending");
    firing.see(minute, phase === "firing");
  }
  return {
    rule,
    prices,
    volumes,
    fires,
    pending: pending.until(minutes),
    firing: firing.until(minutes),
    minutes,
  };
}

function watching(rule: unknown): Monitor {
  return {
    ...newMonitor.parse({ symbol: "X", rules: [rule] }),
    id: "shown",
    userId: "ada",
    version: 1,
    createdAt: 0,
    updatedAt: 0,
  };
}

function priceAt(path: Scene["path"], minute: number): number {
  const next = path.findIndex(([at]) => at >= minute);
  const [toMinute, to] = path[next] ?? [0, 0];
  const [fromMinute, from] = path[next - 1] ?? [toMinute, to];
  if (toMinute === fromMinute) return to;
  return from + ((to - from) * (minute - fromMinute)) / (toMinute - fromMinute);
}

/** Joins minutes in which something holds. */
function stretches() {
  const done: Stretch[] = [];
  let since: number | undefined;
  return {
    see(minute: number, holds: boolean) {
      if (holds) since ??= minute;
      else if (since !== undefined) {
        done.push({ from: since, to: minute });
        since = undefined;
      }
    },
    until: (end: number): readonly Stretch[] =>
      since === undefined ? done : [...done, { from: since, to: end }],
  };
}
