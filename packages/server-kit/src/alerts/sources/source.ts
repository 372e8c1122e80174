import type { Candle, OptionRow, Tick } from "@tocsin/protocol/alerts";
import type { CandleQuery } from "./candles.js";

/**
 * Where ticks come from: a live feed, a replay, a simulation. The first four members are all it takes; a source
 * that cannot do one of the others does not have it.
 */
export interface MarketDataSource {
  /**
   * Receives every tick, synchronously and in order: `at` of one symbol never goes back, unless somebody sends
   * {@link MarketDataSource.playback} back. Returns how to stop receiving.
   */
  subscribe(listener: (tick: Tick) => void): () => void;
  /** Lets ticks flow; harmless when they do, or when the data is at its end. */
  start(): void;
  /** Holds ticks back; harmless when they are. */
  stop(): void;
  /** Whether ticks come. */
  health(): SourceHealth;
  /**
   * Asks for symbols, before or after the start. Each call counts: a symbol flows until it has been unwatched as
   * often. A symbol the source does not know is stale for ever. Absent on a source that hands out all it has.
   */
  watch?(symbols: readonly string[]): void;
  /** Takes back one {@link MarketDataSource.watch}; harmless for what is not watched. */
  unwatch?(symbols: readonly string[]): void;
  /** The last tick of each symbol, from memory; symbols without one are left out. */
  quotes?(symbols: readonly string[]): readonly Tick[];
  /** What a symbol did, in ascending order. Rejects with a {@link FeedError} when the venue does not answer. */
  candles?(symbol: string, query: CandleQuery): Promise<readonly Candle[]>;
  /** The options on an underlying. Rejects with a {@link FeedError} when the venue does not answer. */
  chain?(underlying: string): Promise<readonly OptionRow[]>;
  /** What a source can do that plays recorded or made-up data; absent on a live feed. */
  readonly playback?: Playback;
}

/** Whether a source does its work. */
export interface SourceHealth {
  readonly running: boolean;
  /** When the last tick came, milliseconds since 1970 on the server's clock; `null` before the first. */
  readonly lastTickAt: number | null;
  /** Symbols that should have prices and have had none for too long. Absent where the source cannot tell. */
  readonly stale?: readonly string[];
}

/** Control over a source that plays data on a market clock of its own. */
export interface Playback {
  /** Market milliseconds that pass in one real millisecond. */
  readonly speed: number;
  /**
   * Changes the speed from now on.
   *
   * @throws {@link SourceError} when it is not a number above 0.
   */
  setSpeed(speed: number): void;
  /** Market time of the last tick, or where playing begins, milliseconds since 1970. */
  readonly position: number;
  /** Goes on with the first tick after `position`, whichever way that is. */
  seek(position: number): void;
  /** Whether there are no more ticks. */
  readonly ended: boolean;
}
