import type { OptionRow } from "@tocsin/protocol/alerts";

/** One line of a chain: what can be had at a strike. */
export interface Strike {
  readonly strike: number;
  readonly call: OptionRow | undefined;
  readonly put: OptionRow | undefined;
}

/** When options expire, soonest first. */
export function expiriesOf(rows: Iterable<OptionRow>): number[] {
  return [...new Set([...rows].map(({ expiry }) => expiry))].sort((a, b) => a - b);
}

/** The strikes of an expiry, lowest first. */
export function strikesOf(rows: Iterable<OptionRow>, expiry: number): Strike[] {
  const byStrike = new Map<number, Strike>();
  for (const row of rows) {
    if (row.expiry !== expiry) continue;
    const { strike, kind } = row;
    const known = byStrike.get(strike) ?? { strike, call: undefined, put: undefined };
    byStrike.set(strike, { ...known, [kind]: row });
  }
  return [...byStrike.values()].sort((a, b) => a.strike - b.strike);
}

/** The strike closest to the price of the underlying. */
export function atTheMoney(strikes: readonly Strike[], price: number | null): number | undefined {
  if (price === null) return undefined;
  let closest: number | undefined;
  for (const { strike } of strikes) {
    if (closest === undefined || Math.abs(strike - price) < Math.abs(closest - price)) {
      closest = strike;
    }
  }
  return closest;
}

/** Whether using an option now would bring something. */
export function isInTheMoney({ kind, strike, underlyingPrice }: OptionRow): boolean {
  if (underlyingPrice === null) return false;
  return kind === "call" ? strike < underlyingPrice : strike > underlyingPrice;
}
