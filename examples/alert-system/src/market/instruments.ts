/** How a symbol is listed. */
export interface Instrument {
  readonly symbol: string;
  readonly name: string;
  readonly source: "replay" | "simulation";
}

/** The index that moves several times a second. */
export const INDEX = { symbol: "SPX", name: "S&P 500", source: "replay" } as const;

/** The shares of `stocks.csv`; one price a month. */
export const SHARES: readonly Instrument[] = [
  { symbol: "AAPL", name: "Apple, monthly", source: "replay" },
  { symbol: "AMZN", name: "Amazon, monthly", source: "replay" },
  { symbol: "GOOG", name: "Google, monthly", source: "replay" },
  { symbol: "IBM", name: "IBM, monthly", source: "replay" },
  { symbol: "MSFT", name: "Microsoft, monthly", source: "replay" },
];

/** Made-up shares and the price each keeps coming back to. */
export const SIMULATED: readonly (Instrument & { readonly price: number })[] = [
  { symbol: "SIM-A", name: "SIM-A simulated stock", source: "simulation", price: 25 },
  { symbol: "SIM-B", name: "SIM-B simulated stock", source: "simulation", price: 60 },
  { symbol: "SIM-C", name: "SIM-C simulated stock", source: "simulation", price: 100 },
  { symbol: "SIM-D", name: "SIM-D simulated stock", source: "simulation", price: 240 },
  { symbol: "SIM-E", name: "SIM-E simulated stock", source: "simulation", price: 1_000 },
];
