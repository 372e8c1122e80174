import type { Tick } from "@tocsin/protocol/alerts";
import { normal, seededRandom } from "./random.js";
import type { TickSeries } from "./series.js";
import type { Session } from "./session.js";

/** A made-up symbol. */
export interface WalkSettings {
  readonly symbol: string;
  /** The price it starts from and keeps coming back to. */
  readonly price: number;
  /** How far it strays, as a share of the price; the standard deviation in the long run. Default 0.05. */
  readonly spread?: number;
  /** How many ticks it remembers; larger means longer trends. Default 300. */
  readonly memory?: number;
  /** Market time between ticks, milliseconds. Default five minutes. */
  readonly everyMs?: number;
}

/**
 * A random walk that returns to its price (Ornstein and Uhlenbeck, on the logarithm), in the given sessions. The
 * same settings, sessions and seed give the same ticks, wherever reading begins: it is walked from its start.
 */
export function randomWalkSeries(
  { symbol, price, spread = 0.05, memory = 300, everyMs = 300_000 }: WalkSettings,
  sessions: readonly Session[],
  seed: string,
): TickSeries {
  const pull = 1 / memory;
  const step = spread * Math.sqrt(2 * pull);

  function* walk(after: number): Generator<Tick, void, undefined> {
    const random = seededRandom(`${seed}/${symbol}`);
    // Symbols start at different moments, so that they do not all move in the same instant.
    const offset = Math.floor(random() * everyMs);
    let deviation = 0;
    for (const { open, close } of sessions) {
      let volume = 0;
      for (let at = open + offset; at <= close; at += everyMs) {
        deviation += step * normal(random) - pull * deviation;
        volume += 100 * Math.ceil(random() * 50);
        if (at <= after) continue;
        yield { symbol, price: Math.max(0.01, cents(price * Math.exp(deviation))), volume, at };
      }
    }
  }

  return { after: (at) => ({ [Symbol.iterator]: () => walk(at) }) };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
