/** A price at a market time. */
export interface PricedAt {
  readonly at: number;
  readonly price: number;
}

/** Most prices kept of one window; beyond, every second of the older half is let go. */
const MAX_KEPT = 4_096;

/** What the price was `windowMs` ago. */
export interface LookBack {
  add(sample: PricedAt): void;
  /**
   * The last price at or before the start of the window that ends at `at`; before there is a window of data, the
   * first price there was.
   */
  base(at: number): PricedAt | undefined;
}

/** Keeps the prices of a window, in the order they came. */
export function createLookBack(windowMs: number): LookBack {
  let kept: PricedAt[] = [];
  let head = 0;

  function forget(at: number): void {
    const start = at - windowMs;
    while ((kept[head + 1]?.at ?? Number.POSITIVE_INFINITY) <= start) head += 1;
    if (head > 1_024 && head * 2 > kept.length) {
      kept = kept.slice(head);
      head = 0;
    }
  }

  return {
    add(sample) {
      kept.push(sample);
      forget(sample.at);
      if (kept.length - head > MAX_KEPT) {
        const half = head + MAX_KEPT / 2;
        kept = kept.filter(
          (_, index) => index >= head && (index >= half || (index - head) % 2 === 0),
        );
        head = 0;
      }
    },
    base(at) {
      forget(at);
      return kept[head];
    },
  };
}
