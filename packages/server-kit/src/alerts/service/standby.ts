import type { Tick } from "@tocsin/protocol/alerts";

/** Recent ticks of symbols another worker evaluates, for the moment this one takes over. */
export interface Standby {
  add(tick: Tick): void;
  /** The ticks of some symbols in the order they came; they are no longer kept. */
  take(isTaken: (symbol: string) => boolean): readonly Tick[];
  readonly size: number;
}

/**
 * Keeps `keepMs` of ticks, by when they came, and at most `most`. Whoever takes a dead worker's symbols over
 * evaluates what that one may not have evaluated; what it had is known by the time of the last stored price.
 */
export function createStandby(keepMs: number, now: () => number, most = 200_000): Standby {
  let kept: { readonly tick: Tick; readonly cameAt: number }[] = [];
  let head = 0;

  function forget(): void {
    const oldest = now() - keepMs;
    while (head < kept.length) {
      const entry = kept[head];
      if (entry && entry.cameAt >= oldest && kept.length - head <= most) break;
      head += 1;
    }
    if (head > 1_024 && head * 2 > kept.length) {
      kept = kept.slice(head);
      head = 0;
    }
  }

  return {
    add(tick) {
      kept.push({ tick, cameAt: now() });
      forget();
    },
    take(isTaken) {
      forget();
      const all = kept.slice(head);
      const taken = all.filter(({ tick }) => isTaken(tick.symbol));
      kept = all.filter(({ tick }) => !isTaken(tick.symbol));
      head = 0;
      return taken.map(({ tick }) => tick);
    },
    get size() {
      return kept.length - head;
    },
  };
}
