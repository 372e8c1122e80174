/** What became of one publish, as its publisher saw it. Values are whole numbers, each published once. */
export interface PublishRecord {
  readonly value: number;
  /** `unknown`: no answer, so it may be there once or not at all. `refused`: it must not be there. */
  readonly outcome: "acked" | "unknown" | "refused";
  readonly epoch?: string;
  readonly offset?: number;
}

/** One line of what a reader wrote down, in the order it happened. */
export type Seen =
  | { readonly is: "event"; readonly value: number; readonly offset: number }
  | { readonly is: "gap"; readonly from: number; readonly to: number; readonly reason: string }
  | { readonly is: "joined"; readonly outcome: "fresh" | "nothing-missed" | "recovered" };

/** What happened on one channel. */
export interface ChannelHistory {
  readonly channel: string;
  /** In the order of publishing; that must also be the order of delivery. */
  readonly publishes: readonly PublishRecord[];
  /** Each reader was on the channel before the first publish. */
  readonly readers: readonly { readonly name: string; readonly seen: readonly Seen[] }[];
  /** What the store holds afterwards, where it is known. */
  readonly stored?: readonly { readonly value: number; readonly offset: number }[];
}

/** Counts over all readers together; `examples` name the first few offenders. */
export interface Verdict {
  /** Acknowledged and never seen, and no reported gap accounts for it. */
  readonly lost: number;
  /** Seen a second time. */
  readonly duplicated: number;
  /** Seen after something published later, or with an offset that does not grow. */
  readonly reordered: number;
  /** Seen and never published, or published and refused. */
  readonly unexpected: number;
  /** An offset left out without a reported gap. */
  readonly skipped: number;
  /** One position with two values, or one value at two positions. */
  readonly inconsistent: number;
  /** Gaps readers were told of. */
  readonly gaps: number;
  /** Acknowledged values not seen, but inside a gap the reader was told of. */
  readonly missedInGaps: number;
  /** Publishes without an answer, and how many of them were published after all. */
  readonly unacked: { readonly sent: number; readonly seen: number };
  readonly examples: readonly string[];
}

type Fault = "lost" | "duplicated" | "reordered" | "unexpected" | "skipped" | "inconsistent";

const MAX_EXAMPLES = 8;

/**
 * Judges raw logs, in the manner of Jepsen's checkers for queues (lost, duplicated, unexpected) and for Kafka
 * (reordered, skipped, inconsistent positions). Pure: logs in, counts out; it knows nothing of how they arose.
 */
export function check(histories: readonly ChannelHistory[]): Verdict {
  const counts: Record<Fault, number> = {
    lost: 0,
    duplicated: 0,
    reordered: 0,
    unexpected: 0,
    skipped: 0,
    inconsistent: 0,
  };
  const examples: string[] = [];
  let gaps = 0;
  let missedInGaps = 0;
  let unackedSent = 0;
  let unackedSeen = 0;

  for (const history of histories) {
    const found = (fault: Fault, what: string) => {
      counts[fault] += 1;
      if (examples.length < MAX_EXAMPLES) examples.push(`${fault}: ${history.channel}, ${what}`);
    };
    const published = new Map(history.publishes.map((record) => [record.value, record]));
    const unacked = new Set<number>();
    for (const reader of history.readers) {
      const seen = readLog(reader.name, reader.seen, published, found);
      gaps += seen.gaps;
      missedInGaps += missing(reader.name, history.publishes, seen, found);
      for (const value of seen.values) {
        if (published.get(value)?.outcome === "unknown") unacked.add(value);
      }
    }
    if (history.stored) checkStored(history.publishes, history.stored, unacked, found);
    unackedSent += history.publishes.filter(({ outcome }) => outcome === "unknown").length;
    unackedSeen += unacked.size;
    checkPositions(history, found);
  }
  return {
    ...counts,
    gaps,
    missedInGaps,
    unacked: { sent: unackedSent, seen: unackedSeen },
    examples,
  };
}

type Found = (fault: Fault, what: string) => void;
type Published = ReadonlyMap<number, PublishRecord>;

interface ReadLog {
  readonly values: ReadonlySet<number>;
  /** Between which values the reader was told of a gap; both ends excluded. */
  readonly excused: readonly (readonly [after: number, before: number])[];
  readonly gaps: number;
}

/** Walks one reader's log from top to bottom. */
function readLog(name: string, log: readonly Seen[], published: Published, found: Found): ReadLog {
  const values = new Set<number>();
  const excused: [number, number][] = [];
  let newest = Number.NEGATIVE_INFINITY;
  let offset: number | undefined;
  let open: number | undefined; // the newest value before gaps that no event has followed yet
  let gaps = 0;
  for (const entry of log) {
    if (entry.is === "joined") continue;
    if (entry.is === "gap") {
      gaps += 1;
      open ??= newest;
      // In a new life of the channel numbering starts anew; either way the next event follows the gap.
      offset = entry.to;
      continue;
    }
    const { value } = entry;
    const what = `${name} saw ${value} at offset ${entry.offset}`;
    const record = published.get(value);
    if (!record || record.outcome === "refused") found("unexpected", what);
    const again = values.has(value);
    if (again) found("duplicated", what);
    else if (value < newest || (offset !== undefined && entry.offset <= offset)) {
      found("reordered", `${what} after ${newest} at ${offset}`);
    }
    if (offset !== undefined && entry.offset > offset + 1) {
      found("skipped", `${what} right after offset ${offset}`);
    }
    if (open !== undefined && !again) {
      excused.push([open, value]);
      open = undefined;
    }
    values.add(value);
    newest = Math.max(newest, value);
    offset = Math.max(entry.offset, offset ?? 0);
  }
  if (open !== undefined) excused.push([open, Number.POSITIVE_INFINITY]);
  return { values, excused, gaps };
}

/** Counts what is missing without excuse, and returns how much is missing with one. */
function missing(
  name: string,
  publishes: readonly PublishRecord[],
  { values, excused }: ReadLog,
  found: Found,
): number {
  let inGaps = 0;
  for (const { value, outcome } of publishes) {
    if (outcome !== "acked" || values.has(value)) continue;
    if (excused.some(([after, before]) => value > after && value < before)) inGaps += 1;
    else found("lost", `${name} never saw ${value}`);
  }
  return inGaps;
}

function checkStored(
  publishes: readonly PublishRecord[],
  stored: readonly { readonly value: number; readonly offset: number }[],
  unacked: Set<number>,
  found: Found,
): void {
  const offsets = new Map<number, number>();
  for (const { value, offset } of stored) {
    if (offsets.has(value)) found("duplicated", `${value} is stored twice, at ${offset} too`);
    offsets.set(value, offset);
  }
  const known = new Set(publishes.map(({ value }) => value));
  for (const value of offsets.keys()) {
    if (!known.has(value)) found("unexpected", `${value} is stored and was never published`);
  }
  for (const { value, outcome, offset } of publishes) {
    const at = offsets.get(value);
    if (outcome === "unknown" && at !== undefined) unacked.add(value);
    if (outcome === "refused" && at !== undefined) found("unexpected", `${value} was refused`);
    if (outcome !== "acked") continue;
    if (at === undefined) found("lost", `${value} was acknowledged and is not stored`);
    else if (offset !== undefined && at !== offset) {
      found("inconsistent", `${value} was acknowledged at ${offset} and is stored at ${at}`);
    }
  }
}

/** Every reader must have seen a value where its acknowledgement said it is, and all at the same place. */
function checkPositions({ publishes, readers }: ChannelHistory, found: Found): void {
  const places = new Map<number, number>();
  for (const { value, outcome, offset } of publishes) {
    if (outcome === "acked" && offset !== undefined) places.set(value, offset);
  }
  for (const { name, seen } of readers) {
    for (const entry of seen) {
      if (entry.is !== "event") continue;
      const place = places.get(entry.value);
      if (place === undefined) places.set(entry.value, entry.offset);
      else if (place !== entry.offset) {
        found("inconsistent", `${name} saw ${entry.value} at ${entry.offset}, others at ${place}`);
      }
    }
  }
}

/** What may never be above zero, whatever the fault. */
export function violationsOf(verdict: Verdict): string[] {
  const faults: readonly Fault[] = [
    "lost",
    "duplicated",
    "reordered",
    "unexpected",
    "skipped",
    "inconsistent",
  ];
  const broken = faults.filter((fault) => verdict[fault] > 0);
  if (broken.length === 0) return [];
  return [...broken.map((fault) => `${verdict[fault]} ${fault}`), ...verdict.examples];
}
