import type { AlertNotification } from "@tocsin/protocol/alerts";
import { expect, it } from "vitest";
import { expectedOf, lastFireOf, monitorsOf } from "../alerts/bell-market.js";
import type { SeenRevision } from "../alerts/inbox-reader.js";
import { judge } from "../alerts/judge.js";
import type { Kept } from "../alerts/kept.js";

const MINUTES = 10;
const FINE = { lost: 0, duplicated: 0, reordered: 0, miscounted: 0 };

/** What a faultless server leaves behind, to be spoilt. */
function faultless(): { kept: Kept; seen: SeenRevision[] } {
  const monitors = monitorsOf().map((written, index) => ({
    ...written,
    id: `m${index}`,
    userId: "ada",
    version: 1,
    createdAt: 0,
    updatedAt: 0,
  }));
  const records = monitors
    .flatMap((monitor) =>
      [...expectedOf(monitor, MINUTES)].map(([firedAt, suppressedCount]) => ({
        id: `${monitor.id}.${monitor.rules[0]?.id}.${firedAt}`,
        firedAt,
        suppressedCount,
        revision: firedAt === lastFireOf(monitor, MINUTES) ? 1 : 2,
      })),
    )
    .sort((a, b) => a.firedAt - b.firedAt)
    .map((record, index) => ({ ...record, seq: index + 1 }) as AlertNotification);
  const seen = records.flatMap(({ id, seq, revision }) =>
    Array.from({ length: revision }, (_none, index) => ({ id, seq, revision: index + 1 })),
  );
  return { kept: { user: "ada", monitors, notifications: records }, seen };
}

const verdictOn = (kept: Kept, seen: readonly SeenRevision[]) => judge([kept], () => seen, MINUTES);

it("finds nothing in what a faultless server leaves behind", () => {
  const { kept, seen } = faultless();
  // Five monitors fire in five minutes; the quiet one tells of the first and the fifth.
  expect(verdictOn(kept, seen)).toMatchObject({ ...FINE, triggers: 25, expected: 27 });
});

it("finds a record that is not there, and one that nobody expected", () => {
  const { kept, seen } = faultless();
  const [first, ...others] = kept.notifications;
  expect(verdictOn({ ...kept, notifications: others }, seen)).toMatchObject({ ...FINE, lost: 1 });
  const twin = { ...first, id: "m0.crossing.7" } as AlertNotification;
  const doubled = { ...kept, notifications: [...kept.notifications, twin] };
  expect(verdictOn(doubled, seen)).toMatchObject({ ...FINE, duplicated: 1 });
});

it("finds a repeat that was counted twice, and a resolve that was written twice", () => {
  const { kept, seen } = faultless();
  const [first, second, ...others] = kept.notifications;
  if (!first || !second) throw new Error("there are some");
  const notifications = [
    { ...first, suppressedCount: first.suppressedCount + 1 },
    { ...second, revision: second.revision + 1 },
    ...others,
  ];
  expect(verdictOn({ ...kept, notifications }, seen)).toMatchObject({ ...FINE, miscounted: 2 });
});

it("finds what a reader never saw, saw twice, or saw too late", () => {
  const { kept, seen } = faultless();
  const [first, second, ...others] = seen;
  if (!first || !second) throw new Error("there are some");
  expect(verdictOn(kept, seen.slice(0, -1))).toMatchObject({ ...FINE, lost: 1 });
  expect(verdictOn(kept, [...seen, first])).toMatchObject({ ...FINE, duplicated: 1 });
  const swapped = [second, first, ...others];
  expect(verdictOn(kept, swapped).reordered).toBeGreaterThan(0);
});
