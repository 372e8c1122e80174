import type { Tick } from "@tocsin/protocol/alerts";
import { normal, seededRandom } from "./random.js";
import type { TickSeries } from "./series.js";
import type { Session } from "./session.js";

/** A made-up symbol. */
export interface WalkSettings {
  readonly symbol: string;
  /** The price it starts from and keeps coming back to. */
  readonly price: number;
  /** How far it strays, as a share of the price; the standard deviation in the long run. Default 0.06. */
  readonly spread?: number;
  /** How many sessions a deviation lasts; larger means longer trends. Default 10. */
  readonly memory?: number;
  /** How much a single tick is off the trend, as a share of the price. Default 0.002. */
  readonly jitter?: number;
  /** Market time between ticks, milliseconds. Default five minutes. */
  readonly everyMs?: number;
}

/**
 * A random walk from session to session that returns to its price (Ornstein and Uhlenbeck, on the logarithm),
 * and noise around the straight line between. So a level is passed in a flurry of crossings and then left
 * alone, which is what alerts meet in a real market. The same settings, sessions and seed give the same ticks,
 * wherever reading begins; beginning late costs one step per earlier session.
 */
export function randomWalkSeries(
  { symbol, price, spread = 0.06, memory = 10, jitter = 0.002, everyMs = 300_000 }: WalkSettings,
  sessions: readonly Session[],
  seed: string,
): TickSeries {
  const pull = 1 / memory;
  const step = spread * Math.sqrt(2 * pull);

  function* walk(after: number): Generator<Tick, void, undefined> {
    const random = seededRandom(`${seed}/${symbol}`);
    // Symbols start at different moments, so that they do not all move in the same instant.
    const offset = Math.floor(random() * everyMs);
    let from = 0;
    for (const session of sessions) {
      const to = from + step * normal(random) - pull * from;
      if (session.close > after) yield* ticksOf(session, offset, from, to, after);
      from = to;
    }
  }

  function* ticksOf(
    { open, close }: Session,
    offset: number,
    from: number,
    to: number,
    after: number,
  ) {
    const random = seededRandom(`${seed}/${symbol}/${open}`);
    let volume = 0;
    for (let at = open + offset; at <= close; at += everyMs) {
      const trend = from + ((to - from) * (at - open)) / (close - open);
      const current = price * Math.exp(trend + jitter * normal(random));
      volume += 100 * Math.ceil(random() * 50);
      if (at > after) yield { symbol, price: Math.max(0.01, cents(current)), volume, at };
    }
  }

  return { after: (at) => ({ [Symbol.iterator]: () => walk(at) }) };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
