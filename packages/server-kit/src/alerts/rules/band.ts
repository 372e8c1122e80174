import type { AlertKind, AlertRule, RuleOf } from "@tocsin/protocol/alerts";

/** The rules that hold while the price is in a band: all that name prices. */
export type BandRule = RuleOf<
  "entry-range" | "take-profit" | "stop-loss" | "threshold" | "crossing"
>;

/**
 * Where a rule holds: from `low` to `high`, both included, either of them infinite. Once it fires it goes on until
 * the price has left the wider band from `clearLow` to `clearHigh`.
 */
export interface Band {
  readonly low: number;
  readonly high: number;
  readonly clearLow: number;
  readonly clearHigh: number;
  /** Whether the price has to come from outside: armed within the band, the rule waits until it has been out. */
  readonly edge: boolean;
}

const BAND_KINDS: ReadonlySet<AlertKind> = new Set<BandRule["kind"]>([
  "entry-range",
  "take-profit",
  "stop-loss",
  "threshold",
  "crossing",
]);

/** Whether a rule names prices. */
export function isBandRule(rule: AlertRule): rule is BandRule {
  return BAND_KINDS.has(rule.kind);
}

/** The band a rule holds in. */
export function bandOf(rule: BandRule): Band {
  switch (rule.kind) {
    case "entry-range": {
      const slack = (rule.hysteresis / 100) * (rule.high - rule.low);
      return {
        low: rule.low,
        high: rule.high,
        clearLow: rule.low - slack,
        clearHigh: rule.high + slack,
        edge: true,
      };
    }
    case "take-profit":
      return beyond(rule, rule.side === "long", true);
    case "stop-loss":
      return beyond(rule, rule.side === "short", true);
    case "threshold":
      return beyond(rule, rule.when === "above", false);
    case "crossing":
      return beyond(rule, rule.direction === "up", true);
    default:
      return rule satisfies never;
  }
}

type Levelled = Exclude<BandRule, { kind: "entry-range" }>;

/** Everything above a level, or everything below it, the level included. */
function beyond({ price, clear, hysteresis }: Levelled, above: boolean, edge: boolean): Band {
  const back = clear ?? price * (1 + ((above ? -1 : 1) * hysteresis) / 100);
  return above
    ? {
        low: price,
        high: Number.POSITIVE_INFINITY,
        clearLow: back,
        clearHigh: Number.POSITIVE_INFINITY,
        edge,
      }
    : {
        low: Number.NEGATIVE_INFINITY,
        high: price,
        clearLow: Number.NEGATIVE_INFINITY,
        clearHigh: back,
        edge,
      };
}

/** The prices at which something may happen to a rule. */
export function boundariesOf({ low, high, clearLow, clearHigh }: Band): readonly number[] {
  return [...new Set([low, high, clearLow, clearHigh])].filter(Number.isFinite);
}

/** Whether the rule holds at a price. */
export function inBand({ low, high }: Band, price: number): boolean {
  return low <= price && price <= high;
}

/** Whether a rule that fires still does at a price. */
export function inClearBand({ clearLow, clearHigh }: Band, price: number): boolean {
  return clearLow <= price && price <= clearHigh;
}

/**
 * Whether a move went right across the band. Between two ticks the market traded, or could have traded, at every
 * price, and somebody waiting for the range would rather hear of it than not.
 */
export function passesThrough({ low, high }: Band, previous: number, price: number): boolean {
  return (previous < low && price > high) || (previous > high && price < low);
}

/** The bound a price came in over; resting inside, the bound that names the band. */
export function levelMet({ low, high }: Band, previous: number | undefined, price: number): number {
  if (!Number.isFinite(low)) return high;
  if (!Number.isFinite(high)) return low;
  if (previous === undefined) return price - low <= high - price ? low : high;
  return previous > high ? high : low;
}
