import fc from "fast-check";
import { expect } from "vitest";
import type {
  HistoryPage,
  HistoryQuery,
  Keep,
  StoredEntry,
} from "../../src/store/history-store.js";
import type { HistorySubject } from "../../src/testing/history-contract.js";

/** A {@link HistorySubject} as far as the model needs one. */
export type ModelledSubject = Pick<HistorySubject, "store" | "now" | "advance">;

interface Step {
  readonly entry: Omit<StoredEntry, "offset">;
  readonly keep: Keep;
  readonly at: number;
}

/** Says what a channel's page must be, by going through everything that ever happened to it. */
function expected(steps: readonly Step[], now: number, query: HistoryQuery) {
  const { complete, kept } = replay(steps, now);
  const { after, limit = Number.POSITIVE_INFINITY, newest = false } = query;
  const wanted = kept.filter(({ offset, removed }) =>
    after === undefined ? !removed : offset > after,
  );
  const skipped = newest ? Math.max(0, wanted.length - limit) : 0;
  const entries = wanted.filter((_, index) => index >= skipped && index < skipped + limit);
  return { offset: steps.length, complete, entries };
}

function replay(steps: readonly Step[], now: number) {
  let kept: StoredEntry[] = [];
  let complete = 0;
  let ttlMs = Number.POSITIVE_INFINITY;
  const dropWhile = (gone: (oldest: StoredEntry) => boolean) => {
    for (let [oldest] = kept; oldest && gone(oldest); [oldest] = kept) {
      complete = oldest.offset;
      kept = kept.slice(1);
    }
  };
  for (const [index, { entry, keep, at }] of steps.entries()) {
    const stored = { ...entry, offset: index + 1 };
    if (keep.mode === "latest") kept = [stored];
    if (keep.mode === "table") kept = [...kept.filter(({ key }) => key !== entry.key), stored];
    if (keep.mode !== "log") continue;
    dropWhile(({ timestamp }) => timestamp + ttlMs <= at);
    ttlMs = keep.ttlMs;
    kept = [...kept, stored];
    dropWhile(() => kept.length > keep.size);
    dropWhile(({ timestamp }) => timestamp + ttlMs <= at);
  }
  dropWhile(({ timestamp }) => timestamp + ttlMs <= now);
  return { complete, kept };
}

const keys = fc.constantFrom("a", "b", "c", "__proto__");
const queries: fc.Arbitrary<HistoryQuery> = fc.record(
  { after: fc.nat(30), limit: fc.nat(12), newest: fc.boolean() },
  { requiredKeys: [] },
);
const operations = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("append"),
      key: keys,
      gone: fc.boolean(),
      size: fc.constantFrom(0, 1, 3, 10),
      ttlMs: fc.constantFrom(1, 20, 1_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(25) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read"), query: queries }) },
);
const scripts = fc.array(operations, { maxLength: 60, size: "max" });
const modes = fc.constantFrom<Keep["mode"]>("latest", "table", "log");

/** Runs random histories against a store and a naive model, and compares every page read on the way. */
export async function checkHistoryAgainstModel(
  open: () => Promise<ModelledSubject>,
  { numRuns = 150 }: { readonly numRuns?: number } = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(modes, scripts, async (mode, script) => {
      const subject = await open();
      const steps: Step[] = [];
      const pages: [HistoryPage, ReturnType<typeof expected>][] = [];
      for (const operation of script) {
        if ("ms" in operation) await subject.advance(operation.ms);
        else if ("query" in operation) {
          const page = await subject.store.read(`${mode}:1`, operation.query);
          pages.push([page, expected(steps, subject.now(), operation.query)]);
        } else {
          const { key, gone, size, ttlMs } = operation;
          const keep: Keep = mode === "log" ? { mode, size, ttlMs } : { mode };
          const removed = mode === "table" && gone;
          const data = removed ? null : steps.length;
          const entry = {
            data,
            timestamp: subject.now(),
            ...(mode === "table" && { key, ...(removed && { removed }) }),
          };
          steps.push({ entry, keep, at: subject.now() });
          const position = await subject.store.append(`${mode}:1`, entry, keep);
          expect(position.offset).toBe(steps.length);
        }
      }
      for (const [page, wanted] of pages) expect(page).toMatchObject(wanted);
      expect(new Set(pages.map(([{ epoch }]) => epoch)).size).toBeLessThanOrEqual(1);
    }),
    { numRuns },
  );
}
