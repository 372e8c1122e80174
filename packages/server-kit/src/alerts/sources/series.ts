import type { Tick } from "@tocsin/protocol/alerts";

/** Ticks that are known in advance, or can be made again exactly as they were. */
export interface TickSeries {
  /** The ticks later than a market time, in the order of `at`. The same question has the same answer. */
  after(at: number): Iterable<Tick>;
}

/** A series from ticks in a list, which is in the order of `at`. */
export function listSeries(ticks: readonly Tick[]): TickSeries {
  return {
    after(at) {
      const start = ticks.findIndex((tick) => tick.at > at);
      return start < 0 ? [] : ticks.slice(start);
    },
  };
}

/** The ticks later than `after` up to `until`, of a series. */
export function* ticksBetween(
  series: TickSeries,
  after: number,
  until: number,
): Generator<Tick, void, undefined> {
  for (const tick of series.after(after)) {
    if (tick.at > until) return;
    yield tick;
  }
}

/** Several series as one; ticks of the same time come in the order of the series. */
export function mergeSeries(all: readonly TickSeries[]): TickSeries {
  return { after: (at) => merged(all.map((series) => series.after(at))) };
}

function* merged(all: readonly Iterable<Tick>[]): Generator<Tick, void, undefined> {
  const heads = all.map((ticks) => {
    const iterator = ticks[Symbol.iterator]();
    return { iterator, head: iterator.next() };
  });
  for (;;) {
    let earliest: { at: number; index: number; tick: Tick } | undefined;
    for (const [index, { head }] of heads.entries()) {
      if (head.done) continue;
      if (!earliest || head.value.at < earliest.at) {
        earliest = { at: head.value.at, index, tick: head.value };
      }
    }
    if (!earliest) return;
    yield earliest.tick;
    const source = heads[earliest.index];
    if (source) source.head = source.iterator.next();
  }
}
