import { type Session, tradingTime } from "./session.js";

/** When silence is too long. */
export interface StalenessOptions {
  /** Longest silence of a symbol, milliseconds of trading time; one for all or one for each. */
  readonly staleAfterMs?: number | ((symbol: string) => number);
  /** When a symbol trades; closed hours are no silence. Default, and where there is none for a symbol: always. */
  readonly sessions?: readonly Session[] | ((symbol: string) => readonly Session[] | undefined);
}

/** Knows which symbols have been silent for too long. A frozen feed raises no error; only this tells (trap 6). */
export interface Freshness {
  /** Counts silence of a symbol from `now`, if it is not counted yet. */
  expect(symbol: string, now: number): void;
  /** Counts the silence of all from `now`: nobody was listening before. */
  expectAll(now: number): void;
  forget(symbol: string): void;
  /** The venue vouched for a price at `feedAt`. Sending the same again is no sign of life, nor is the future. */
  seen(symbol: string, feedAt: number, now: number): void;
  /** Whether a symbol has been silent for too long, counting from `since` at the earliest. */
  isStale(symbol: string, now: number, since?: number): boolean;
  stale(now: number): string[];
}

/** Counts silence in trading time, by what venues say of their own clock. */
export function createFreshness(
  { staleAfterMs, sessions }: StalenessOptions,
  otherwiseMs: number,
): Freshness {
  const freshAt = new Map<string, number>();
  const passedIn = new WeakMap<readonly Session[], (at: number) => number>();

  function silence(symbol: string, from: number, to: number): number {
    const open = typeof sessions === "function" ? sessions(symbol) : sessions;
    if (!open) return to - from;
    const passed = passedIn.get(open) ?? tradingTime(open);
    passedIn.set(open, passed);
    return passed(to) - passed(from);
  }

  function isStale(symbol: string, now: number, since = Number.NEGATIVE_INFINITY): boolean {
    const at = freshAt.get(symbol);
    if (at === undefined) return false;
    const patience = typeof staleAfterMs === "function" ? staleAfterMs(symbol) : staleAfterMs;
    return silence(symbol, Math.max(at, since), now) > (patience ?? otherwiseMs);
  }

  return {
    expect(symbol, now) {
      if (!freshAt.has(symbol)) freshAt.set(symbol, now);
    },
    expectAll(now) {
      for (const symbol of freshAt.keys()) freshAt.set(symbol, now);
    },
    forget: (symbol) => void freshAt.delete(symbol),
    seen(symbol, feedAt, now) {
      const fresh = Math.min(feedAt, now);
      freshAt.set(symbol, Math.max(freshAt.get(symbol) ?? fresh, fresh));
    },
    isStale,
    stale: (now) => [...freshAt.keys()].filter((symbol) => isStale(symbol, now)),
  };
}
