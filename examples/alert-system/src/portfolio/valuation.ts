import type { Greeks } from "@tocsin/protocol/alerts";
import type { Holding, Portfolio, position } from "@tocsin-example/alert-contract";
import type { z } from "zod";
import type { Book, Chains } from "../context.js";

type Position = z.output<typeof position>;

/** Where prices of holdings come from. */
export interface Prices {
  readonly book: Pick<Book, "quote">;
  readonly chains: Pick<Chains, "row" | "dayChange">;
}

interface Priced {
  readonly price: number | null;
  /** Since the last close, for one; `null` when not known. */
  readonly change: number | null;
  /** For one; `null` for what is no option. */
  readonly greeks: Greeks | null;
}

const NONE: Greeks = { delta: 0, gamma: 0, theta: 0, vega: 0, rho: 0 };

/**
 * What holdings are worth at current prices. One option is on one share, so its Greeks count like shares do; deltas
 * of different underlyings are added as they are. What has no price counts nothing.
 */
export function valued(holdings: readonly Holding[], prices: Prices, at: number): Portfolio {
  let value = 0;
  let profit = 0;
  let dayProfit = 0;
  let greeks = NONE;
  const positions = holdings.map((holding): Position => {
    const { quantity, cost } = holding;
    const { price, change, greeks: own } = pricedOf(holding.instrument, prices);
    if (price === null) {
      return { ...holding, price, value: null, profit: null, profitPercent: null, greeks: null };
    }
    const gain = quantity * (price - cost);
    value += quantity * price;
    profit += gain;
    dayProfit += quantity * (change ?? 0);
    const whole = own && times(own, quantity);
    greeks = sum(greeks, whole ?? { ...NONE, delta: quantity });
    return {
      ...holding,
      price,
      value: rounded(quantity * price),
      profit: rounded(gain),
      profitPercent: rounded((gain / (Math.abs(quantity) * cost)) * 100),
      greeks: whole && roundedGreeks(whole),
    };
  });
  return {
    at,
    positions,
    value: rounded(value),
    profit: rounded(profit),
    dayProfit: rounded(dayProfit),
    greeks: roundedGreeks(greeks),
  };
}

function pricedOf(instrument: string, { book, chains }: Prices): Priced {
  const quote = book.quote(instrument);
  if (quote) return { price: quote.price, change: quote.change, greeks: null };
  const row = chains.row(instrument);
  if (!row) return { price: null, change: null, greeks: null };
  return { price: row.mark, change: chains.dayChange(instrument), greeks: row.greeks };
}

function times(greeks: Greeks, factor: number): Greeks {
  return each((name) => greeks[name] * factor);
}

function sum(a: Greeks, b: Greeks): Greeks {
  return each((name) => a[name] + b[name]);
}

function roundedGreeks(greeks: Greeks): Greeks {
  return each((name) => rounded(greeks[name], 4));
}

function each(of: (name: keyof Greeks) => number): Greeks {
  return {
    delta: of("delta"),
    gamma: of("gamma"),
    theta: of("theta"),
    vega: of("vega"),
    rho: of("rho"),
  };
}

function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits)) + 0; // no -0
}
