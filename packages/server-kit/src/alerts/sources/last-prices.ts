import type { Tick } from "@tocsin/protocol/alerts";
import type { VenuePrice } from "./venue.js";

/** The last price of each symbol. */
export interface LastPrices {
  /** Makes a price a tick and keeps it. */
  take(told: VenuePrice, marketAt: number, now: number): Tick;
  /** Keeps what a venue says besides the price. */
  refresh(told: VenuePrice, now: number): void;
  tick(symbol: string): Tick | undefined;
  /** What the venue said last, with what a tick has no room for. */
  told(symbol: string): VenuePrice | undefined;
  forget(symbol: string): void;
}

/** A market time further ahead than this is a fault, and would hold the symbol there until we get to it. */
const MOST_AHEAD_MS = 60_000;

/** Keeps the last price of each symbol of a venue. */
export function createLastPrices(venue: string): LastPrices {
  const last = new Map<string, { readonly tick: Tick; readonly told: VenuePrice }>();

  function keep(told: VenuePrice, price: number, at: number, receivedAt: number): Tick {
    const before = last.get(told.symbol)?.tick;
    const { symbol, feedAt, bid = before?.bid ?? null, ask = before?.ask ?? null } = told;
    const volume = told.volume ?? before?.volume ?? 0;
    const offers = { ...(bid !== null && { bid }), ...(ask !== null && { ask }) };
    const tick = { symbol, price, volume, at, feedAt, receivedAt, ...offers, venue };
    last.set(symbol, { tick, told });
    return tick;
  }

  return {
    /** A trade that is told late gets the time of the tick before it: no price is lost, and time never goes back. */
    take(told, marketAt, now) {
      const before = last.get(told.symbol)?.tick.at ?? 0;
      return keep(told, told.price, Math.max(before, Math.min(marketAt, now + MOST_AHEAD_MS)), now);
    },
    refresh(told, now) {
      const before = last.get(told.symbol)?.tick;
      if (before) keep(told, before.price, before.at, now);
    },
    tick: (symbol) => last.get(symbol)?.tick,
    told: (symbol) => last.get(symbol)?.told,
    forget: (symbol) => void last.delete(symbol),
  };
}
