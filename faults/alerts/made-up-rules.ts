import { type Monitor, type NewRuleInput, newMonitor } from "@tocsin/protocol/alerts";
import type { Dice } from "../lib/random.js";

/** Lengths of time that suit the data: seconds for a day of ticks, days for a year of bars. */
export interface Scale {
  readonly unitMs: number;
  /** How far apart levels lie, as a part of the price. */
  readonly spread: number;
}

/** One monitor with a rule of every kind, its levels around a price. */
export function everyRule(
  dice: Dice,
  symbol: string,
  price: number,
  { unitMs, spread }: Scale,
): Omit<Monitor, "id" | "version" | "createdAt" | "updatedAt" | "userId"> {
  const level = () => Math.round(price * (1 + (dice.roll() - 0.5) * spread) * 100) / 100;
  const side = () => dice.pick(["long", "short"] as const);
  const forMs = () => dice.pick([0, 0, unitMs, 3 * unitMs]);
  const hysteresis = () => dice.pick([0, 0, 0.5]);
  const windowMs = () => dice.between(5, 40) * unitMs;
  const low = level();
  const rules: NewRuleInput[] = [
    {
      kind: "entry-range",
      low,
      high: low * (1 + spread / 8),
      forMs: forMs(),
      hysteresis: dice.pick([0, 10]),
    },
    { kind: "take-profit", price: level(), side: side(), forMs: forMs(), hysteresis: hysteresis() },
    { kind: "stop-loss", price: level(), side: side(), hysteresis: hysteresis() },
    {
      kind: "threshold",
      when: dice.pick(["above", "below"] as const),
      price: level(),
      forMs: forMs(),
    },
    {
      kind: "crossing",
      direction: dice.pick(["up", "down"] as const),
      price: level(),
      cooldownMs: 0,
    },
    {
      kind: "percent-change",
      direction: dice.pick(["up", "down", "either"] as const),
      percent: Math.round(spread * dice.between(5, 30) * 10) / 10,
      windowMs: windowMs(),
    },
    {
      kind: "range-breakout",
      direction: dice.pick(["high", "low", "either"] as const),
      windowMs: windowMs(),
    },
    { kind: "volume-spike", factor: dice.between(15, 40) / 10, bars: 10, barMs: 20 * unitMs },
    { kind: "stale-feed", afterMs: dice.between(20, 60) * unitMs },
  ];
  return newMonitor.parse({
    symbol,
    rules,
    cooldownMs: dice.pick([0, 20, 30]) * unitMs,
    onNoData: "ignore",
  });
}
