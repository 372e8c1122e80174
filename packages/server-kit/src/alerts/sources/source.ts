import type { Tick } from "@tocsin/protocol/alerts";

/** Where ticks come from: a live feed, a replay, a simulation. */
export interface MarketDataSource {
  /** Receives every tick, synchronously and in order; returns how to stop receiving. */
  subscribe(listener: (tick: Tick) => void): () => void;
  /** Lets ticks flow; harmless when they do, or when the data is at its end. */
  start(): void;
  /** Holds ticks back; harmless when they are. */
  stop(): void;
  /** Whether ticks come. */
  health(): SourceHealth;
  /** What a source can do that plays recorded or made-up data; absent on a live feed. */
  readonly playback?: Playback;
}

/** Whether a source does its work. */
export interface SourceHealth {
  readonly running: boolean;
  /** When the last tick came, milliseconds since 1970 on the server's clock; `null` before the first. */
  readonly lastTickAt: number | null;
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
