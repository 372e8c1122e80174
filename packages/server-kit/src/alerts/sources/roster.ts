import type { Clock } from "../../clock.js";

/** What {@link createRoster} is made of. */
export interface RosterOptions {
  readonly clock: Clock;
  /** Time between two requests, milliseconds; venues close connections that ask too fast. */
  readonly paceMs: number;
  /** Most symbols in one request. */
  readonly batch: number;
  /** Most symbols on one connection. */
  readonly most: number;
  /** Symbols for which this is false are never asked for. */
  possible(symbol: string): boolean;
  ask(verb: "subscribe" | "unsubscribe", symbols: readonly string[]): void;
}

/** Which symbols are wanted, which of them the venue has been asked for, and what to ask next. */
export interface Roster {
  /** Returns the symbols that were not wanted before. */
  add(symbols: readonly string[]): string[];
  /** Returns the symbols that are not wanted any more. */
  remove(symbols: readonly string[]): string[];
  has(symbol: string): boolean;
  /** How many symbols are wanted. */
  readonly size: number;
  /** The symbols the venue was asked for and has not refused. */
  asked(): readonly string[];
  /** A connection is there, and knows of nothing. */
  opened(): void;
  lost(): void;
  /** The venue wants some of these not; they are asked for one by one, and one that was alone is given up. */
  refused(symbols: readonly string[]): void;
  /** Asks for these again, and for nothing before `ms` have passed. */
  later(symbols: readonly string[], ms: number): void;
}

/** Counts who wants which symbol and brings the venue to the same list, at a pace the venue allows. */
export function createRoster(options: RosterOptions): Roster {
  const { clock, paceMs, batch, most, ask } = options;
  const wanted = new Map<string, number>();
  const asked = new Set<string>();
  const alone = new Set<string>();
  const givenUp = new Set<string>();
  let open = false;
  let cancelPause: (() => void) | undefined;

  function pause(ms: number): void {
    cancelPause?.();
    cancelPause = clock.after(ms, () => {
      cancelPause = undefined;
      flush();
    });
  }

  function next(): { verb: "subscribe" | "unsubscribe"; symbols: string[] } | undefined {
    const dropped = [...asked].filter((symbol) => !wanted.has(symbol)).slice(0, batch);
    if (dropped.length > 0) return { verb: "unsubscribe", symbols: dropped };
    const missing = [...wanted.keys()].filter(
      (symbol) => !asked.has(symbol) && !givenUp.has(symbol) && options.possible(symbol),
    );
    const together = missing.filter((symbol) => !alone.has(symbol));
    const symbols = together.length > 0 ? together.slice(0, batch) : missing.slice(0, 1);
    const fitting = symbols.slice(0, Math.max(most - asked.size, 0));
    return fitting.length > 0 ? { verb: "subscribe", symbols: fitting } : undefined;
  }

  function flush(): void {
    if (!open || cancelPause) return;
    const request = next();
    if (!request) return;
    for (const symbol of request.symbols) {
      if (request.verb === "subscribe") asked.add(symbol);
      else asked.delete(symbol);
    }
    pause(paceMs);
    ask(request.verb, request.symbols);
  }

  function forget(): void {
    asked.clear();
    alone.clear();
    givenUp.clear();
    cancelPause?.();
    cancelPause = undefined;
  }

  return {
    add(symbols) {
      const added = symbols.filter((symbol) => {
        const count = wanted.get(symbol) ?? 0;
        wanted.set(symbol, count + 1);
        return count === 0;
      });
      flush();
      return added;
    },
    remove(symbols) {
      const removed = symbols.filter((symbol) => {
        const count = wanted.get(symbol);
        if (count === undefined) return false;
        if (count > 1) wanted.set(symbol, count - 1);
        else wanted.delete(symbol);
        return count === 1;
      });
      for (const symbol of removed) {
        alone.delete(symbol);
        givenUp.delete(symbol);
      }
      flush();
      return removed;
    },
    has: (symbol) => wanted.has(symbol),
    get size() {
      return wanted.size;
    },
    asked: () => [...asked],
    opened() {
      forget();
      open = true;
      flush();
    },
    lost() {
      forget();
      open = false;
    },
    refused(symbols) {
      for (const symbol of symbols) {
        asked.delete(symbol);
        if (symbols.length > 1) alone.add(symbol);
        else givenUp.add(symbol);
      }
      flush();
    },
    later(symbols, ms) {
      for (const symbol of symbols) asked.delete(symbol);
      pause(ms);
    },
  };
}
