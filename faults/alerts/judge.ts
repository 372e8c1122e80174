import { expectedOf, lastFireOf } from "./bell-market.js";
import type { SeenRevision } from "./inbox-reader.js";
import type { Kept } from "./kept.js";

/** What became of the alerts of some users. All but the first two have to be 0. */
export interface AlertVerdict {
  /** Triggers of rules that suppress nothing, each of which has to be one record. */
  readonly triggers: number;
  /** Records there have to be, those of rules that suppress included. */
  readonly expected: number;
  /** Records that are not there, and revisions a reader did not see. */
  readonly lost: number;
  /** Records nobody expected, and revisions a reader saw again. */
  readonly duplicated: number;
  /** Revisions a reader saw after a later one. */
  readonly reordered: number;
  /** Records whose count of repeats, or of revisions, is not what it has to be. */
  readonly miscounted: number;
  /** The first few offenders. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 8;

/** Judges what is stored, and what a reader saw, against what the market makes of each monitor. Pure. */
export function judge(
  kept: readonly Kept[],
  seenBy: (user: string) => readonly SeenRevision[],
  minutes: number,
): AlertVerdict {
  const counts = { lost: 0, duplicated: 0, reordered: 0, miscounted: 0 };
  const examples: string[] = [];
  let triggers = 0;
  let expected = 0;
  const found = (fault: keyof typeof counts, what: string) => {
    counts[fault] += 1;
    if (examples.length < MAX_EXAMPLES) examples.push(`${fault}: ${what}`);
  };

  for (const { user, monitors, notifications } of kept) {
    const stored = new Map(notifications.map((each) => [each.id, each]));
    const due = new Set<string>(); // revisions a reader has to see
    for (const monitor of monitors) {
      const told = expectedOf(monitor, minutes);
      expected += told.size;
      if (monitor.cooldownMs === 0) triggers += told.size;
      const end = lastFireOf(monitor, minutes);
      for (const [at, suppressed] of told) {
        const id = `${monitor.id}.${monitor.rules[0]?.id}.${at}`;
        const revisions = at === end ? 1 : 2;
        for (let revision = 1; revision <= revisions; revision += 1) due.add(`${id} ${revision}`);
        const record = stored.get(id);
        stored.delete(id);
        if (!record) found("lost", `${id} is not stored`);
        else if (record.suppressedCount !== suppressed || record.revision !== revisions) {
          const is = `${record.suppressedCount} repeats, revision ${record.revision}`;
          found("miscounted", `${id} has ${is}, not ${suppressed} and ${revisions}`);
        }
      }
    }
    for (const id of stored.keys()) found("duplicated", `${id} is stored and was not expected`);
    judgeReader(user, seenBy(user), due, found);
  }
  return { triggers, expected, ...counts, examples };
}

function judgeReader(
  user: string,
  seen: readonly SeenRevision[],
  due: Set<string>,
  found: (fault: "lost" | "duplicated" | "reordered", what: string) => void,
): void {
  const revisions = new Map<string, number>();
  let newest = 0;
  for (const { id, seq, revision } of seen) {
    const what = `${user} saw ${id}, revision ${revision}`;
    const before = revisions.get(id) ?? 0;
    if (!due.delete(`${id} ${revision}`)) found("duplicated", what);
    else if (revision !== before + 1 || (revision === 1 && seq < newest)) found("reordered", what);
    revisions.set(id, Math.max(before, revision));
    newest = Math.max(newest, seq);
  }
  for (const key of due) found("lost", `${user} never saw ${key}`);
}
