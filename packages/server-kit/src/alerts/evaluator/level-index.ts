/** Finds what lies between two levels without looking at the rest. */
export interface LevelIndex<T> {
  add(level: number, item: T): void;
  /** Takes `item` out from under a level; harmless when it is not there. */
  remove(level: number, item: T): void;
  /** What lies on the way from one price to another, both included, in the order the price meets it. */
  between(from: number, to: number): readonly T[];
  readonly size: number;
}

interface Entry<T> {
  readonly level: number;
  readonly item: T;
}

/** More than this many waiting are sorted together; fewer are put in their places one by one. */
const ONE_BY_ONE = 16;

const NOTHING: readonly never[] = [];

/**
 * A sorted array: a question costs two binary searches and what it finds, or two comparisons when the price stays
 * between the levels around it, which is most of the time and costs the same however many levels there are. New entries wait for the next question,
 * so that loading many sorts once, and one more among many costs no sorting.
 */
export function createLevelIndex<T>(): LevelIndex<T> {
  let entries: Entry<T>[] = [];
  let waiting: Entry<T>[] = [];
  /** Nothing lies between these two levels, themselves not included. */
  let gapLow = Number.POSITIVE_INFINITY;
  let gapHigh = Number.NEGATIVE_INFINITY;

  /** Index of the first entry at or above `level`, or above it. */
  function first(level: number, above: boolean): number {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const candidate = (entries[middle] as Entry<T>).level;
      if (above ? candidate <= level : candidate < level) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function settle(): void {
    if (waiting.length === 0) return;
    if (waiting.length > ONE_BY_ONE) {
      entries = [...entries, ...waiting].sort((a, b) => a.level - b.level);
    } else {
      for (const entry of waiting) entries.splice(first(entry.level, true), 0, entry);
    }
    waiting = [];
  }

  function changed(): void {
    gapLow = Number.POSITIVE_INFINITY;
    gapHigh = Number.NEGATIVE_INFINITY;
  }

  return {
    add(level, item) {
      waiting.push({ level, item });
      changed();
    },
    remove(level, item) {
      settle();
      changed();
      const end = first(level, true);
      for (let index = first(level, false); index < end; index += 1) {
        if (entries[index]?.item === item) return void entries.splice(index, 1);
      }
    },
    between(from, to) {
      const low = Math.min(from, to);
      const high = Math.max(from, to);
      if (gapLow < low && high < gapHigh) return NOTHING;
      settle();
      const start = first(low, false);
      const end = first(high, true);
      if (start === end) {
        gapLow = entries[start - 1]?.level ?? Number.NEGATIVE_INFINITY;
        gapHigh = entries[end]?.level ?? Number.POSITIVE_INFINITY;
        return NOTHING;
      }
      const met = entries.slice(start, end).map(({ item }) => item);
      return from > to ? met.reverse() : met;
    },
    get size() {
      return entries.length + waiting.length;
    },
  };
}
