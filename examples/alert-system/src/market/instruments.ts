import type { WalkSettings } from "@tocsin/server-kit/alerts";
import type { Listing } from "../context.js";

/** The index that moves several times a second. */
export const INDEX: Listing = { symbol: "SPX", name: "S&P 500", source: "replay", board: "index" };

const share = (symbol: string, name: string): Listing => ({
  symbol,
  name: `${name}, monthly`,
  source: "replay",
  board: "shares",
});

/** The shares of `stocks.csv`; one price a month. */
export const SHARES: readonly Listing[] = [
  share("AAPL", "Apple"),
  share("AMZN", "Amazon"),
  share("GOOG", "Google"),
  share("IBM", "IBM"),
  share("MSFT", "Microsoft"),
];

/** A made-up symbol, and how it moves. */
export interface Simulated extends Listing {
  readonly walk: WalkSettings;
}

const simulated = (walk: WalkSettings): Simulated => ({
  symbol: walk.symbol,
  name: `${walk.symbol} simulated stock`,
  source: "simulation",
  board: "simulated",
  walk,
});

/** Made-up shares and the price each keeps coming back to. The last one has what others only have now and then. */
export const SIMULATED: readonly Simulated[] = [
  simulated({ symbol: "SIM-A", price: 25 }),
  simulated({ symbol: "SIM-B", price: 60 }),
  simulated({ symbol: "SIM-C", price: 100 }),
  simulated({ symbol: "SIM-D", price: 240 }),
  simulated({
    symbol: "SIM-E",
    price: 1_000,
    volatility: 1.5,
    gaps: { probability: 0.002 },
    halts: { probability: 0.002, lengthMs: 3_600_000 },
    bursts: { probability: 0.01, ticks: 20, withinMs: 60_000 },
  }),
];

/** Made-up symbols in numbers, each with a price so often, in market milliseconds: to see what a desk can show. */
export function stressSymbols(count: number, everyMs: number): readonly Simulated[] {
  return Array.from({ length: count }, (_, index) =>
    simulated({
      symbol: `SIM-${String(index + 1).padStart(3, "0")}`,
      price: 20 + ((index * 37) % 480),
      everyMs,
    }),
  );
}
