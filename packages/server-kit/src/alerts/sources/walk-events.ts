import { SourceError } from "../errors.js";
import { normal, seededRandom } from "./random.js";

/** Jumps of a price; what follows stays at the new level until the session closes. */
export interface GapSettings {
  /** Chance of a jump at a tick, from 0 to 1. */
  readonly probability: number;
  /** How far it goes, as a share of the price; a standard deviation. Default 0.03. */
  readonly size?: number;
}

/** Stretches without a tick. */
export interface HaltSettings {
  /** Chance that trading halts at a tick, from 0 to 1. */
  readonly probability: number;
  /** How long, market milliseconds. */
  readonly lengthMs: number;
}

/** Moments with many ticks. */
export interface BurstSettings {
  /** Chance of a burst at a tick, from 0 to 1. */
  readonly probability: number;
  /** How many more ticks than the one there is. */
  readonly ticks: number;
  /** Within which market time, milliseconds; no longer than to the next tick. Default 1,000. */
  readonly withinMs?: number;
}

interface Events {
  /** By how much the price has jumped so far, on the logarithm. */
  readonly gap: number;
  readonly halted: boolean;
  readonly burst: readonly {
    readonly afterMs: number;
    readonly off: number;
    readonly traded: number;
  }[];
}

const NONE: Events = { gap: 0, halted: false, burst: [] };

/** What else happens at the ticks of a session, which are asked for in order. The same seed, the same events. */
export function marketEvents(
  settings: { gaps?: GapSettings; halts?: HaltSettings; bursts?: BurstSettings },
  everyMs: number,
): (seed: string) => (at: number) => Events {
  const { gaps, halts, bursts } = settings;
  if (!gaps && !halts && !bursts) return () => () => NONE;
  checkChance("gaps", gaps);
  checkChance("halts", halts);
  checkChance("bursts", bursts);
  const room = Math.max(Math.min(bursts?.withinMs ?? 1_000, everyMs - 1), 0);
  const burstTicks = Math.min(bursts?.ticks ?? 0, Math.floor(room));

  return (seed) => {
    const random = seededRandom(seed);
    let gap = 0;
    let haltedUntil = Number.NEGATIVE_INFINITY;
    return (at) => {
      // Always as many numbers, so that one setting does not change what another does.
      const [jump, halt, flurry] = [random(), random(), random()];
      const size = normal(random);
      if (gaps && jump < gaps.probability) gap += (gaps.size ?? 0.03) * size;
      if (halts && at >= haltedUntil && halt < halts.probability) haltedUntil = at + halts.lengthMs;
      const halted = at < haltedUntil;
      if (halted || !bursts || flurry >= bursts.probability) return { gap, halted, burst: [] };
      const own = seededRandom(`${seed}/${at}`);
      const burst = Array.from({ length: burstTicks }, (_, index) => ({
        afterMs: Math.floor(((index + 1) * room) / burstTicks),
        off: normal(own),
        traded: 100 * Math.ceil(own() * 50),
      }));
      return { gap, halted, burst };
    };
  };
}

function checkChance(name: string, settings: { readonly probability: number } | undefined): void {
  if (!settings || (settings.probability >= 0 && settings.probability <= 1)) return;
  throw new SourceError(`${name}.probability`, `must be from 0 to 1, not ${settings.probability}`);
}
