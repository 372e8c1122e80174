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
import { indexBars, monthlyPrices } from "./datasets.js";
import { INDEX, type Instrument, SHARES, SIMULATED } from "./instruments.js";

/** Everything there is to play, on one market clock. */
export interface Market {
  readonly instruments: readonly Instrument[];
  readonly series: readonly TickSeries[];
  readonly sessions: readonly Session[];
  /** Market time a first start begins after, milliseconds since 1970. */
  readonly startsAfter: number;
}

/** Two weeks before Lehman Brothers: lively from the first minute, with eight years behind it for the chart. */
const FIRST_START = Date.UTC(2008, 8, 1);
/** Made-up history starts here: a year of it before the first start is enough for a chart. */
const SIMULATION_START = Date.UTC(2007, 8, 1);

/** Reads the real data and adds the made-up symbols; each of them says in its name and source what it is. */
export function loadMarket(): Market {
  const bars = indexBars();
  const sessions = bars.map((bar) => sessionOn(bar.day, NEW_YORK_HOURS));
  const simulated = sessions.filter(({ open }) => open >= SIMULATION_START);
  return {
    instruments: [INDEX, ...SHARES, ...SIMULATED.map(({ price: _, ...instrument }) => instrument)],
    series: [
      barSeries(INDEX.symbol, bars),
      listSeries(monthlyTicks(sessions)),
      ...SIMULATED.map((settings) => randomWalkSeries(settings, simulated, "tocsin")),
    ],
    sessions,
    startsAfter: FIRST_START,
  };
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
