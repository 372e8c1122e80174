import type { Edge, Move } from "./rules/edge.js";

/** Finds the edges a move meets without looking at the others. */
export interface RuleIndex<T> {
  /** Adds `item` under an edge. */
  add(edge: Edge, item: T): void;
  /** Takes `item` out from under an edge; harmless when it is not there. */
  remove(edge: Edge, item: T): void;
  /** The items whose edge the move meets, in the order the price met them. */
  met(move: Move): Met<T>[];
  /** How many entries there are. */
  readonly size: number;
}

/** One edge that was met. */
export interface Met<T> {
  readonly level: number;
  readonly item: T;
}

/**
 * The edges of one symbol, sorted by level and split by direction: a tick costs two binary searches and what it
 * meets, however many monitors there are.
 */
export function createRuleIndex<T>(): RuleIndex<T> {
  const levels = { rise: sortedLevels<T>(), fall: sortedLevels<T>() };
  return {
    add: ({ on, level }, item) => levels[on].add(level, item),
    remove: ({ on, level }, item) => levels[on].remove(level, item),
    met: ({ previous, current }) =>
      current > previous
        ? levels.rise.between(previous, current, "upper")
        : levels.fall.between(current, previous, "lower").reverse(),
    get size() {
      return levels.rise.size + levels.fall.size;
    },
  };
}

interface SortedLevels<T> {
  readonly size: number;
  add(level: number, item: T): void;
  remove(level: number, item: T): void;
  /** Entries between two levels, ascending. Of the two bounds only the named one belongs to it. */
  between(low: number, high: number, bound: "lower" | "upper"): Met<T>[];
}

function sortedLevels<T>(): SortedLevels<T> {
  const entries: Met<T>[] = [];
  let sorted = true;

  // Sorting waits for the next question, so that loading many monitors sorts once.
  function inOrder(): Met<T>[] {
    if (!sorted) entries.sort((a, b) => a.level - b.level);
    sorted = true;
    return entries;
  }

  /** Index of the first entry at or above `level`, or above it when `above` is set. */
  function first(level: number, above: boolean): number {
    const list = inOrder();
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const candidate = list[middle]?.level ?? Number.POSITIVE_INFINITY;
      if (above ? candidate <= level : candidate < level) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    get size() {
      return entries.length;
    },
    add(level, item) {
      entries.push({ level, item });
      sorted = false;
    },
    remove(level, item) {
      const end = first(level, true);
      for (let index = first(level, false); index < end; index += 1) {
        if (entries[index]?.item === item) return void entries.splice(index, 1);
      }
    },
    between(low, high, bound) {
      const above = bound === "upper";
      return inOrder().slice(first(low, above), first(high, above));
    },
  };
}
