import { defineContract, log } from "@tocsin/protocol";
import { alertNotification, type NewMonitor, newMonitor, type Tick } from "@tocsin/protocol/alerts";

/** Inboxes that forget nothing, so that what is missing was lost. */
export const contract = defineContract({
  channels: {
    alerts: log("alerts:{userId}", alertNotification, { history: { size: 100_000 } }),
  },
});

export const USERS = ["ada", "bob", "cyd", "dan"] as const;
const SYMBOLS: readonly [string, ...string[]] = ["S0", "S1", "S2", "S3", "S4"];

/** A price of each symbol every market minute. */
export const MINUTE = 60_000;
export const START = Date.UTC(2026, 0, 5);

/** Quiet for three fires of four: what a crash mutes wrongly, or counts twice, is seen in these. */
const QUIET_MS = 7 * MINUTE;

/** The price of a symbol in a minute: below the level and above it by turns. */
const isAbove = (minute: number) => minute % 2 === 1;

/** Ticks of all symbols in `minutes` minutes. */
export function ticksOf(minutes: number): Tick[] {
  return Array.from({ length: minutes }, (_none, minute) =>
    SYMBOLS.map((symbol, index) => ({
      symbol,
      price: isAbove(minute) ? 110 : 90,
      volume: 0,
      at: START + minute * MINUTE + index, // one after the other, so that each is a tick of its own
    })),
  ).flat();
}

/** The monitors of one user: one on each symbol that is always told, and one on the first that is mostly suppressed. */
export function monitorsOf(): readonly NewMonitor[] {
  const rules = [{ kind: "crossing" as const, direction: "up" as const, price: 100 }];
  return [
    ...SYMBOLS.map((symbol) => newMonitor.parse({ symbol, rules, cooldownMs: 0 })),
    newMonitor.parse({ symbol: SYMBOLS[0], rules, cooldownMs: QUIET_MS, note: "quiet" }),
  ];
}

/** Market time of a symbol's tick in a minute. */
const timeOf = (symbol: string, minute: number) =>
  START + minute * MINUTE + SYMBOLS.indexOf(symbol);

/** When a monitor would fire in the last minute: that is not over when the market ends. */
export const lastFireOf = ({ symbol }: Pick<NewMonitor, "symbol">, minutes: number): number =>
  isAbove(minutes - 1) ? timeOf(symbol, minutes - 1) : Number.NaN;

/** What a monitor has to have told at the end: market times of fires, and the repeats counted on each. */
export function expectedOf(
  { symbol, cooldownMs }: Pick<NewMonitor, "symbol" | "cooldownMs">,
  minutes: number,
): ReadonlyMap<number, number> {
  const told = new Map<number, number>();
  let last = Number.NEGATIVE_INFINITY;
  for (let minute = 1; minute < minutes; minute += 1) {
    if (!isAbove(minute)) continue;
    const at = timeOf(symbol, minute);
    if (at < last + cooldownMs) told.set(last, (told.get(last) ?? 0) + 1);
    else {
      told.set(at, 0);
      last = at;
    }
  }
  return told;
}
