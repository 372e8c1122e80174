import type { Tick } from "@tocsin/protocol/alerts";
import type { MarketDataSource } from "../../src/alerts/sources/source.js";

/** A tick with a price and a market time, and nothing more. */
export const priceAt = (price: number, at: number, symbol = "SPX"): Tick => ({
  symbol,
  price,
  at,
  volume: 0,
});

/** A source a test speaks for; knows what it was asked for. */
export function spokenSource(): MarketDataSource & {
  readonly watching: string[];
  send(...ticks: Tick[]): void;
} {
  const listeners = new Set<(tick: Tick) => void>();
  const watching: string[] = [];
  let running = false;
  return {
    watching,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      running = true;
    },
    stop() {
      running = false;
    },
    watch: (symbols) => void watching.push(...symbols),
    unwatch(symbols) {
      for (const symbol of symbols) watching.splice(watching.indexOf(symbol), 1);
    },
    health: () => ({ running, lastTickAt: null }),
    send(...ticks) {
      for (const tick of ticks) for (const listener of [...listeners]) listener(tick);
    },
  };
}
