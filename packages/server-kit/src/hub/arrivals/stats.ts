/** What came of the events that a broker delivered or did not. */
export interface ArrivalCounts {
  /** Events that came a second time, or too late. */
  readonly repeated: number;
  /** Events that did not come and were read from the history instead. */
  readonly recovered: number;
  /** Older values of a `latest` channel that did not come and are not missed. */
  readonly superseded: number;
  /** Times at which the history no longer had what did not come: the readers were told of a gap. */
  readonly gaps: number;
  /** Times at which a channel was found under a new numbering while it had readers. */
  readonly renumbered: number;
  /** Comparisons of a channel with its history. */
  readonly checked: number;
  /** Events that wait for one that is missing. */
  readonly held: number;
}

/** The running counts. */
export type Counted = { -readonly [K in Exclude<keyof ArrivalCounts, "held">]: number };

/** Counts at zero. */
export function noArrivals(): Counted {
  return { repeated: 0, recovered: 0, superseded: 0, gaps: 0, renumbered: 0, checked: 0 };
}
