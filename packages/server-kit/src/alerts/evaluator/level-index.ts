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
 * A sorted array: a question costs two binary searches and what it finds. New entries wait for the next question,
 * so that loading many sorts once, and one more among many costs no sorting.
 */
export function createLevelIndex<T>(): LevelIndex<T> {
  let entries: Entry<T>[] = [];
  let waiting: Entry<T>[] = [];

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

  return {
    add(level, item) {
      waiting.push({ level, item });
    },
    remove(level, item) {
      settle();
      const end = first(level, true);
      for (let index = first(level, false); index < end; index += 1) {
        if (entries[index]?.item === item) return void entries.splice(index, 1);
      }
    },
    between(from, to) {
      settle();
      const start = first(Math.min(from, to), false);
      const end = first(Math.max(from, to), true);
      if (start === end) return NOTHING;
      const met = entries.slice(start, end).map(({ item }) => item);
      return from > to ? met.reverse() : met;
    },
    get size() {
      return entries.length + waiting.length;
    },
  };
}
