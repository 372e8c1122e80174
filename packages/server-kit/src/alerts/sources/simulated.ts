import type { Clock } from "../../clock.js";
import { randomWalkSeries, type WalkSettings } from "./random-walk.js";
import { type PlayedSource, replaySource } from "./replay.js";
import type { Session } from "./session.js";

/** Settings of {@link simulatedSource}. */
export interface SimulationOptions {
  readonly symbols: readonly WalkSettings[];
  /** When there is trade. In ascending order, not overlapping. */
  readonly sessions: readonly Session[];
  /** The same seed gives the same prices. */
  readonly seed: string;
  /** Market time to begin after, milliseconds since 1970. Default: before the first session. */
  readonly from?: number;
  /** Market milliseconds in one real millisecond. Default 1. */
  readonly speed?: number;
  /** Longest silence of a symbol, market milliseconds; what a halt then looks like. Default: never too long. */
  readonly staleAfterMs?: number | ((symbol: string) => number);
  readonly clock?: Clock;
}

/** Made-up prices, for trying things out without data. To mix them with real ones, give a replay both series. */
export function simulatedSource({
  symbols,
  sessions,
  seed,
  ...playing
}: SimulationOptions): PlayedSource {
  return replaySource({
    ...playing,
    sessions,
    series: symbols.map((settings) => randomWalkSeries(settings, sessions, seed)),
  });
}
