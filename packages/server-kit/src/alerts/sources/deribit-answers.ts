import type { Candle, Greeks, OptionRow } from "@tocsin/protocol/alerts";
import { z } from "zod";
import type { CandleInterval } from "./candles.js";

/** What `public/get_instruments` says of options. */
export const deribitInstruments = z.array(
  z.object({
    instrument_name: z.string(),
    strike: z.number().positive(),
    option_type: z.enum(["call", "put"]),
    expiration_timestamp: z.number(),
  }),
);

const amount = z.number().nullish();

/** What `public/get_book_summary_by_currency` says of options. */
export const deribitSummaries = z.array(
  z.object({
    instrument_name: z.string(),
    creation_timestamp: z.number(),
    bid_price: amount,
    ask_price: amount,
    mark_price: amount,
    mark_iv: amount,
    underlying_price: amount,
  }),
);

/** What `public/get_tradingview_chart_data` says: columns, one place for each candle. */
export const deribitChart = z.object({
  status: z.string(),
  ticks: z.array(z.number()),
  open: z.array(z.number()),
  high: z.array(z.number()),
  low: z.array(z.number()),
  close: z.array(z.number()),
  volume: z.array(z.number()),
});

/** Deribit counts minutes, and calls a day by its name. */
export function deribitResolution(interval: CandleInterval, lengthMs: number): string {
  return interval === "1d" ? "1D" : String(lengthMs / 60_000);
}

/** The options of `underlying`, by expiry and strike; one that is not listed any more is left out. */
export function deribitRows(
  underlying: string,
  instruments: z.output<typeof deribitInstruments>,
  summaries: z.output<typeof deribitSummaries>,
  greeksOf: (instrument: string) => Greeks | undefined,
): OptionRow[] {
  const listed = new Map(instruments.map((instrument) => [instrument.instrument_name, instrument]));
  return summaries
    .flatMap((summary): OptionRow[] => {
      const instrument = summary.instrument_name;
      const terms = listed.get(instrument);
      // The currency USDC has options on several underlyings, which their names begin with.
      if (!terms || !instrument.startsWith(`${underlying}-`)) return [];
      const { strike, option_type: kind, expiration_timestamp: expiry } = terms;
      return [
        {
          instrument,
          underlying,
          kind,
          strike,
          expiry,
          bid: summary.bid_price ?? null,
          ask: summary.ask_price ?? null,
          mark: summary.mark_price ?? null,
          markIv: summary.mark_iv ?? null,
          underlyingPrice: summary.underlying_price ?? null,
          greeks: greeksOf(instrument) ?? null,
          at: summary.creation_timestamp,
        },
      ];
    })
    .sort((a, b) => a.expiry - b.expiry || a.strike - b.strike || (a.kind < b.kind ? -1 : 1));
}

/** Turns columns into candles. Deribit fills intervals without a trade from the one before. */
export function deribitCandles(chart: z.output<typeof deribitChart>): Candle[] {
  const { ticks, open, high, low, close, volume } = chart;
  return ticks.flatMap((at, index) => {
    const prices = [open[index], high[index], low[index], close[index]];
    const [o, h, l, c] = prices;
    if (!o || !h || !l || !c || Math.min(o, h, l, c) <= 0) return [];
    return [{ at, open: o, high: h, low: l, close: c, volume: volume[index] ?? 0 }];
  });
}
