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

interface Head {
  readonly iterator: Iterator<Tick>;
  /** Its place among the series. */
  readonly index: number;
  tick: Tick;
}

/** A heap of the next tick of each series: one of hundreds costs little more than one of two. */
function* merged(all: readonly Iterable<Tick>[]): Generator<Tick, void, undefined> {
  const heads: Head[] = [];
  for (const [index, ticks] of all.entries()) {
    const iterator = ticks[Symbol.iterator]();
    const first = iterator.next();
    if (!first.done) heads.push({ iterator, index, tick: first.value });
  }
  for (let at = (heads.length >> 1) - 1; at >= 0; at -= 1) sink(heads, at);
  for (let earliest = heads[0]; earliest; earliest = heads[0]) {
    yield earliest.tick;
    const next = earliest.iterator.next();
    if (next.done) {
      const last = heads.pop();
      if (last && heads.length > 0) heads[0] = last;
    } else earliest.tick = next.value;
    sink(heads, 0);
  }
}

/** Lets the head at a place down until what is below it comes later. */
function sink(heads: Head[], from: number): void {
  const head = heads[from];
  if (!head) return;
  let place = from;
  for (;;) {
    const left = heads[2 * place + 1];
    const right = heads[2 * place + 2];
    const child = left && right && isBefore(right, left) ? right : left;
    if (!child || !isBefore(child, head)) break;
    const next = child === right ? 2 * place + 2 : 2 * place + 1;
    heads[place] = child;
    place = next;
  }
  heads[place] = head;
}

function isBefore(a: Head, b: Head): boolean {
  return a.tick.at < b.tick.at || (a.tick.at === b.tick.at && a.index < b.index);
}
