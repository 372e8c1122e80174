import type { AlertNotification } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type GapNote, mergeAlerts, suppressedIn, withGaps } from "./merge.js";

const alert = (seq: number, suppressedCount = 0): AlertNotification => ({
  id: `n${seq}`,
  seq,
  userId: "demo",
  monitorId: "m1",
  monitorVersion: 1,
  symbol: "SPX",
  reason: "take-profit",
  rule: { kind: "take-profit", price: 1_500, side: "long" },
  price: 1_501,
  previousPrice: 1_499,
  level: 1_500,
  firedAt: seq,
  storedAt: seq,
  cooldownUntil: seq,
  suppressedCount,
  lastSuppressedAt: null,
  title: "",
  body: "",
});

const gap = (afterSeq: number, id = `g${afterSeq}`): GapNote => ({
  id,
  missed: 2,
  afterSeq,
  at: 0,
});

const anyAlerts = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 3 }))
    .map(([seq, suppressed]) => alert(seq, suppressed)),
);

test("an alert that came by history and live is shown once", () => {
  expect(mergeAlerts([alert(2), alert(1)], [alert(2), alert(3)]).map((each) => each.seq)).toEqual([
    3, 2, 1,
  ]);
});

test("of two copies the one that knows of more suppressed repeats is shown", () => {
  expect(mergeAlerts([alert(1, 4)], [alert(1)])[0]?.suppressedCount).toBe(4);
  expect(mergeAlerts([alert(1)], [alert(1, 4)])[0]?.suppressedCount).toBe(4);
});

test("nothing shows twice, nothing is lost, and the newest comes first", () => {
  fc.assert(
    fc.property(anyAlerts, anyAlerts, (history, live) => {
      const seqs = mergeAlerts(history, live).map((each) => each.seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
      expect(new Set(seqs)).toEqual(new Set([...history, ...live].map((each) => each.seq)));
    }),
  );
});

test("merging what was merged changes nothing", () => {
  fc.assert(
    fc.property(anyAlerts, anyAlerts, (history, live) => {
      const once = mergeAlerts(history, live);
      expect(mergeAlerts(once, live)).toEqual(once);
    }),
  );
});

test("a gap stands between what was known before it and what was loaded after it", () => {
  expect(
    withGaps([alert(3), alert(2), alert(1)], [gap(1)]).map((entry) =>
      entry.type === "gap" ? "gap" : entry.alert.seq,
    ),
  ).toEqual([3, 2, "gap", 1]);
});

test("a gap before the first alert closes the list, and one without any stands alone", () => {
  expect(withGaps([alert(3)], [gap(0)]).map((entry) => entry.type)).toEqual(["alert", "gap"]);
  expect(withGaps([], [gap(0)])).toHaveLength(1);
});

test("every alert and every gap is listed exactly once", () => {
  fc.assert(
    fc.property(anyAlerts, fc.array(fc.integer({ min: 0, max: 25 })), (alerts, after) => {
      const merged = mergeAlerts(alerts, []);
      const gaps = after.map((seq, index) => gap(seq, `g${index}`));
      const entries = withGaps(merged, gaps);
      expect(entries).toHaveLength(merged.length + gaps.length);
      expect(entries.flatMap((entry) => (entry.type === "alert" ? [entry.alert] : []))).toEqual(
        merged,
      );
    }),
  );
});

test("suppressed repeats are counted over all alerts", () => {
  expect(suppressedIn([alert(1, 2), alert(2), alert(3, 5)])).toBe(7);
});
