import type { AlertRule, RuleOf, Tick } from "@tocsin/protocol/alerts";
import { createExtremes } from "./extremes.js";
import { createLookBack } from "./look-back.js";
import { createVolumeBars } from "./volume-bars.js";

/** A rule over a window of prices or volumes. */
export type WindowRule = RuleOf<"percent-change" | "range-breakout" | "volume-spike">;

/** Whether a rule looks back over a window. */
export function isWindowRule(rule: AlertRule): rule is WindowRule {
  return (
    rule.kind === "percent-change" || rule.kind === "range-breakout" || rule.kind === "volume-spike"
  );
}

/** What a rule is compared with: the price it last fired at, while that lies within the window. */
export interface LastFire {
  readonly firedAt: number | null;
  readonly firedPrice: number | null;
}

/** What a window makes of a tick, for one rule. */
export interface Reading {
  readonly met: boolean;
  /** The price or volume factor that was reached. */
  readonly level: number | null;
  readonly referencePrice: number | null;
  readonly changePercent: number | null;
}

/** A window that all rules of the same kind and length share. Reads a tick before letting it in. */
export interface RuleWindow {
  /** The most any rule may ask for and still be met by this tick; `undefined` when there is too little data. */
  reach(tick: Tick): number | undefined;
  /** What the window makes of the tick; `undefined` when there is too little data. */
  read(tick: Tick, rule: WindowRule, last: LastFire): Reading | undefined;
  /** Lets the tick in. */
  add(tick: Tick): void;
}

/** Names the window of a rule: rules with the same name share one. */
export function windowName(rule: WindowRule): string {
  return rule.kind === "volume-spike"
    ? `${rule.kind}:${rule.barMs}:${rule.bars}`
    : `${rule.kind}:${rule.windowMs}`;
}

/** How much a rule asks for; a window that reaches less does not meet it. */
export function asks(rule: WindowRule): number {
  switch (rule.kind) {
    case "percent-change":
      return rule.percent;
    case "range-breakout":
      return 0;
    case "volume-spike":
      return rule.factor;
    default:
      return rule satisfies never;
  }
}

/** Makes the window of a rule. */
export function createRuleWindow(rule: WindowRule): RuleWindow {
  switch (rule.kind) {
    case "percent-change":
      return changeWindow(rule.windowMs);
    case "range-breakout":
      return rangeWindow(rule.windowMs);
    case "volume-spike":
      return volumeWindow(rule.barMs, rule.bars);
    default:
      return rule satisfies never;
  }
}

/** Decimal prices are not exact in binary: 10% above 1.1 has to be 1.21. */
const TOLERANCE = 1e-9;

/** Whether a change is as large as asked, up to the last digits of a float. */
const reaches = (change: number, percent: number) => change >= percent * (1 - TOLERANCE);

function changeWindow(windowMs: number): RuleWindow {
  const past = createLookBack(windowMs);
  const changeOf = (base: number, price: number) => ((price - base) / base) * 100;
  return {
    reach({ at, price }) {
      const base = past.base(at);
      return base && Math.abs(changeOf(base.price, price)) * (1 + TOLERANCE);
    },
    read({ at, price }, rule, { firedAt, firedPrice }) {
      if (rule.kind !== "percent-change") return undefined;
      const fired = firedAt !== null && firedAt > at - windowMs ? firedPrice : null;
      const base = fired ?? past.base(at)?.price;
      if (base === undefined) return undefined;
      const change = changeOf(base, price);
      const met =
        (rule.direction !== "down" && reaches(change, rule.percent)) ||
        (rule.direction !== "up" && reaches(-change, rule.percent));
      const level = base * (1 + (Math.sign(change) * rule.percent) / 100);
      return { met, level, referencePrice: base, changePercent: change };
    },
    add: (tick) => past.add(tick),
  };
}

function rangeWindow(windowMs: number): RuleWindow {
  const extremes = createExtremes(windowMs);
  return {
    reach({ at, price }) {
      const range = extremes.within(at);
      return range && (price > range.high || price < range.low ? 0 : -1);
    },
    read({ at, price }, rule) {
      const range = extremes.within(at);
      if (rule.kind !== "range-breakout" || range === undefined) return undefined;
      const above = rule.direction !== "low" && price > range.high;
      const below = rule.direction !== "high" && price < range.low;
      const level = below ? range.low : range.high;
      return { met: above || below, level, referencePrice: level, changePercent: null };
    },
    add: (tick) => extremes.add(tick),
  };
}

function volumeWindow(barMs: number, bars: number): RuleWindow {
  const volume = createVolumeBars(barMs);
  let seenAt = Number.NEGATIVE_INFINITY;
  // What a tick trades belongs to its own bar, so a volume window takes a tick in before it is read.
  const take = ({ at, volume: traded }: Tick) => {
    if (at > seenAt) volume.add(at, traded);
    seenAt = Math.max(seenAt, at);
  };
  return {
    reach(tick) {
      take(tick);
      return volume.ratio(bars);
    },
    read(tick, rule) {
      take(tick);
      const ratio = volume.ratio(bars);
      if (rule.kind !== "volume-spike" || ratio === undefined) return undefined;
      return { met: ratio >= rule.factor, level: null, referencePrice: null, changePercent: null };
    },
    add: take,
  };
}
