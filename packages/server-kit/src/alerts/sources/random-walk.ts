import type { Tick } from "@tocsin/protocol/alerts";
import { normal, seededRandom } from "./random.js";
import type { TickSeries } from "./series.js";
import type { Session } from "./session.js";
import {
  type BurstSettings,
  type GapSettings,
  type HaltSettings,
  marketEvents,
} from "./walk-events.js";

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
  /** How lively it is: a factor on how far it strays and how much a tick is off the trend. Default 1. */
  readonly volatility?: number;
  /** Market time between ticks, milliseconds. Default five minutes. */
  readonly everyMs?: number;
  /** Jumps between one tick and the next. Default: none. */
  readonly gaps?: GapSettings;
  /** Stretches without a tick, while the price moves on unseen. Default: none. */
  readonly halts?: HaltSettings;
  /** Moments with many ticks. Default: none. */
  readonly bursts?: BurstSettings;
}

/**
 * A random walk from session to session that returns to its price (Ornstein and Uhlenbeck, on the logarithm),
 * and noise around the straight line between. So a level is passed in a flurry of crossings and then left
 * alone, which is what alerts meet in a real market. The same settings, sessions and seed give the same ticks,
 * wherever reading begins; beginning late costs one step per earlier session. Gaps, halts and bursts have random
 * numbers of their own, so they come on top of the same walk.
 */
export function randomWalkSeries(
  settings: WalkSettings,
  sessions: readonly Session[],
  seed: string,
): TickSeries {
  const { symbol, price, memory = 10, volatility = 1, everyMs = 300_000 } = settings;
  const { spread = 0.06, jitter = 0.002 } = settings;
  const pull = 1 / memory;
  const step = volatility * spread * Math.sqrt(2 * pull);
  const noise = volatility * jitter;
  const eventsIn = marketEvents(settings, everyMs);

  function* walk(after: number): Generator<Tick, void, undefined> {
    const random = seededRandom(`${seed}/${symbol}`);
    // Symbols start at different moments, so that they do not all move in the same instant.
    const offset = Math.floor(random() * everyMs);
    let from = 0;
    let last = after;
    for (const session of sessions) {
      const to = from + step * normal(random) - pull * from;
      if (session.close > after) {
        for (const tick of ticksOf(session, offset, from, to)) {
          // Where sessions meet, the close of one is the opening of the next.
          if (tick.at <= last) continue;
          last = tick.at;
          yield tick;
        }
      }
      from = to;
    }
  }

  function* ticksOf({ open, close }: Session, offset: number, from: number, to: number) {
    const random = seededRandom(`${seed}/${symbol}/${open}`);
    const events = eventsIn(`${seed}/${symbol}/${open}/events`);
    let volume = 0;
    for (let at = open + offset; at <= close; at += everyMs) {
      const { gap, halted, burst } = events(at);
      const trend = from + ((to - from) * (at - open)) / (close - open) + gap;
      const current = price * Math.exp(trend + noise * normal(random));
      volume += 100 * Math.ceil(random() * 50);
      if (halted) continue;
      yield { symbol, price: Math.max(0.01, cents(current)), volume, at };
      for (const { afterMs, off, traded } of burst) {
        if (at + afterMs > close) break;
        volume += traded;
        const burstPrice = cents(current * Math.exp(noise * off));
        yield { symbol, price: Math.max(0.01, burstPrice), volume, at: at + afterMs };
      }
    }
  }

  return { after: (at) => ({ [Symbol.iterator]: () => walk(at) }) };
}

function cents(value: number): number {
  return Math.round(value * 100) / 100;
}
