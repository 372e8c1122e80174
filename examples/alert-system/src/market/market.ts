import type { Tick } from "@tocsin/protocol/alerts";
import {
  barSeries,
  listSeries,
  NEW_YORK_HOURS,
  randomWalkSeries,
  type Session,
  sessionOn,
  type TickSeries,
} from "@tocsin/server-kit/alerts";
import type { Listing } from "../context.js";
import { indexBars, monthlyPrices } from "./datasets.js";
import { INDEX, SHARES, SIMULATED, type Simulated, stressSymbols } from "./instruments.js";

/** Ticks of some symbols. */
export interface MarketSeries {
  readonly symbols: readonly string[];
  readonly ticks: TickSeries;
  /** How much of the past a chart wants of it, market milliseconds. */
  readonly lookBackMs: number;
  /** After which silence in trading time its feed is stale, market milliseconds. */
  readonly staleAfterMs: number;
}

/** Everything there is to play, on one market clock. */
export interface Market {
  readonly listings: readonly Listing[];
  readonly series: readonly MarketSeries[];
  readonly sessions: readonly Session[];
  /** Market time a first start begins after, milliseconds since 1970. */
  readonly startsAfter: number;
  /** Symbols that trading may halt in. */
  readonly halting: readonly string[];
}

/** Settings of {@link loadMarket}. */
export interface MarketOptions {
  /** How many symbols to make up beside the usual ones. Default 0. */
  readonly stressSymbols?: number;
  /** How often each of those has a price, market milliseconds. Default a minute. */
  readonly stressEveryMs?: number;
}

/** Two weeks before Lehman Brothers: lively from the first minute, with eight years behind it for the chart. */
const FIRST_START = Date.UTC(2008, 8, 1);
/** Made-up history starts here: a year of it before the first start is enough for a chart. */
const SIMULATION_START = Date.UTC(2007, 8, 1);

const DAY_MS = 86_400_000;
const EVER = Number.POSITIVE_INFINITY;
/** Made-up symbols have a price every five minutes; three missed ones are a halt. */
const HALTED_AFTER_MS = 16 * 60_000;

/** Reads the real data and adds the made-up symbols; each of them says in its name and source what it is. */
export function loadMarket({
  stressSymbols: stress = 0,
  stressEveryMs = 60_000,
}: MarketOptions = {}): Market {
  const bars = indexBars();
  const sessions = bars.map((bar) => sessionOn(bar.day, NEW_YORK_HOURS));
  const simulated = sessions.filter(({ open }) => open >= SIMULATION_START);
  const crowd = stressSymbols(stress, stressEveryMs);
  const walking = (listing: Simulated, lookBackMs: number): MarketSeries => ({
    symbols: [listing.symbol],
    ticks: randomWalkSeries(listing.walk, simulated, "tocsin"),
    lookBackMs,
    staleAfterMs: Math.max(HALTED_AFTER_MS, 3 * (listing.walk.everyMs ?? 0)),
  });
  return {
    listings: [INDEX, ...SHARES, ...[...SIMULATED, ...crowd].map(listed)],
    series: [
      {
        symbols: [INDEX.symbol],
        ticks: barSeries(INDEX.symbol, bars),
        lookBackMs: EVER,
        staleAfterMs: 8 * 3_600_000, // four prices a session
      },
      {
        symbols: SHARES.map(({ symbol }) => symbol),
        ticks: listSeries(monthlyTicks(sessions)),
        lookBackMs: EVER,
        staleAfterMs: EVER, // a price a month: silence is what they do
      },
      ...SIMULATED.map((listing) => walking(listing, 400 * DAY_MS)),
      ...crowd.map((listing) => walking(listing, 3 * DAY_MS)),
    ],
    sessions,
    startsAfter: FIRST_START,
    halting: SIMULATED.filter(({ walk }) => walk.halts).map(({ symbol }) => symbol),
  };
}

/** How long a symbol of a market may be silent, in trading time. */
export function patienceOf({ series }: Pick<Market, "series">): (symbol: string) => number {
  const patience = new Map(
    series.flatMap(({ symbols, staleAfterMs }) => symbols.map((one) => [one, staleAfterMs])),
  );
  return (symbol) => patience.get(symbol) ?? EVER;
}

function listed({ walk: _, ...listing }: Simulated): Listing {
  return listing;
}

/** A monthly price becomes one tick at the opening of the first session of its month; the data has no time. */
function monthlyTicks(sessions: readonly Session[]): Tick[] {
  const opening = (month: number) => sessions.find(({ open }) => open >= month)?.open;
  return monthlyPrices()
    .flatMap(({ symbol, month, price }) => {
      const at = opening(month);
      return at === undefined ? [] : [{ symbol, price, volume: 0, at }];
    })
    .sort((a, b) => a.at - b.at);
}
