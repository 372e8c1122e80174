import type { OptionRow } from "@tocsin/protocol/alerts";
import type { Clock } from "@tocsin/server-kit";
import type { Book, Chains } from "../context.js";
import { nextExpiries, type OptionName, readOptionName } from "./instrument.js";
import { priced, type Smile } from "./model.js";

/** An underlying that options are computed for. */
export interface Underlying {
  readonly symbol: string;
  /** A smaller move of its price changes no option. */
  readonly tick: number;
  readonly smile: Smile;
}

/** The index with the skew indices have, and a made-up share without one. */
const UNDERLYINGS: readonly Underlying[] = [
  { symbol: "SPX", tick: 0.1, smile: { atTheMoney: 0.22, skew: 0.12, curve: 0.1 } },
  { symbol: "SIM-C", tick: 0.01, smile: { atTheMoney: 0.35, skew: 0, curve: 0.15 } },
];

/** Strikes on each side of the price. */
const STRIKES = 5;
const EXPIRIES = 3;
/** Rows are computed again after this, however little the price moved: time passes. Milliseconds. */
const AGAIN_AFTER_MS = 10_000;

interface Computed {
  readonly price: number;
  readonly now: number;
  readonly rows: readonly OptionRow[];
}

/** Options around the price of some underlyings, computed when asked for. See {@link priced} for what they are. */
export function createChains(
  book: Pick<Book, "quote">,
  clock: Clock,
  underlyings: readonly Underlying[] = UNDERLYINGS,
): Chains {
  const known = new Map(underlyings.map((underlying) => [underlying.symbol, underlying]));
  const computed = new Map<string, Computed>();

  function rows(symbol: string): readonly OptionRow[] | undefined {
    const underlying = known.get(symbol);
    if (!underlying) return undefined;
    const quote = book.quote(symbol);
    if (!quote) return [];
    const before = computed.get(symbol);
    const now = clock.now();
    if (
      before &&
      Math.abs(quote.price - before.price) <= underlying.tick &&
      now - before.now < AGAIN_AFTER_MS
    ) {
      return before.rows;
    }
    const made = listed(symbol, quote.price, quote.at).map((option) =>
      priced(option, quote.price, quote.at, underlying.smile),
    );
    computed.set(symbol, { price: quote.price, now, rows: made });
    return made;
  }

  /** An option at the price its underlying has, or had. */
  function at(name: string, priceOf: (quote: { price: number; change: number }) => number) {
    const option = readOptionName(name);
    const underlying = option && known.get(option.underlying);
    const quote = underlying && book.quote(underlying.symbol);
    if (!option || !underlying || !quote || option.expiry <= quote.at) return undefined;
    const price = priceOf(quote);
    return price > 0 ? priced(option, price, quote.at, underlying.smile) : undefined;
  }

  return {
    underlyings: [...known.keys()],
    rows,
    row(instrument) {
      const { underlying } = readOptionName(instrument) ?? {};
      const here = underlying === undefined ? undefined : rows(underlying);
      return here?.find((row) => row.instrument === instrument) ?? at(instrument, (q) => q.price);
    },
    dayChange(instrument) {
      const now = at(instrument, ({ price }) => price)?.mark;
      const before = at(instrument, ({ price, change }) => price - change)?.mark;
      return typeof now === "number" && typeof before === "number" ? now - before : null;
    },
  };
}

/** The options around a price: strikes at round numbers, calls and puts, the next months. */
function listed(underlying: string, price: number, at: number): readonly OptionName[] {
  const step = roundStep(price * 0.015);
  const middle = Math.round(price / step);
  const strikes = Array.from({ length: 2 * STRIKES + 1 }, (_, index) =>
    Number(((middle - STRIKES + index) * step).toFixed(4)),
  ).filter((strike) => strike > 0);
  return nextExpiries(at, EXPIRIES).flatMap((expiry) =>
    strikes.flatMap((strike) =>
      (["call", "put"] as const).map((kind) => ({ underlying, expiry, strike, kind })),
    ),
  );
}

/** The nearest of 1, 2, 5 times a power of ten at or above a distance. */
function roundStep(distance: number): number {
  const power = 10 ** Math.floor(Math.log10(distance));
  const times = [1, 2, 5].find((one) => one * power >= distance * (1 - 1e-9)) ?? 10;
  return times * power;
}
