import type { PricedAt } from "./look-back.js";

/** The highest and the lowest price of a window. */
export interface Extremes {
  add(sample: PricedAt): void;
  /** Highest and lowest since `at - windowMs`; `undefined` before there is a whole window of data. */
  within(at: number): { readonly high: number; readonly low: number } | undefined;
}

/**
 * A monotonic queue for each end: a price leaves it when a later one is more extreme, so that an update costs a
 * constant amortized (Lemire, "Streaming maximum-minimum filter", 2006).
 */
export function createExtremes(windowMs: number): Extremes {
  const highs = extreme((a, b) => a >= b);
  const lows = extreme((a, b) => a <= b);
  let firstAt: number | undefined;
  return {
    add(sample) {
      firstAt ??= sample.at;
      highs.add(sample);
      lows.add(sample);
    },
    within(at) {
      const start = at - windowMs;
      const high = highs.since(start);
      const low = lows.since(start);
      if (firstAt === undefined || firstAt > start) return undefined;
      return high === undefined || low === undefined ? undefined : { high, low };
    },
  };
}

function extreme(beats: (a: number, b: number) => boolean) {
  let queue: PricedAt[] = [];
  let head = 0;
  return {
    add(sample: PricedAt): void {
      while (queue.length > head && beats(sample.price, queue[queue.length - 1]?.price ?? 0)) {
        queue.pop();
      }
      queue.push(sample);
    },
    since(start: number): number | undefined {
      while (head < queue.length && (queue[head]?.at ?? 0) < start) head += 1;
      if (head > 1_024 && head * 2 > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
      return queue[head]?.price;
    },
  };
}
