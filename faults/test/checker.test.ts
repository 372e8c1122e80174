import { describe, expect, it } from "vitest";
import {
  type ChannelHistory,
  check,
  type PublishRecord,
  type Seen,
  violationsOf,
} from "../lib/checker.js";

const acked = (value: number, offset = value): PublishRecord => ({
  value,
  outcome: "acked",
  epoch: "a",
  offset,
});
const event = (value: number, offset = value): Seen => ({ is: "event", value, offset });
const recovered: Seen = { is: "joined", outcome: "recovered" };
const gap = (from: number, to: number, reason = "expired"): Seen => ({
  is: "gap",
  from,
  to,
  reason,
});

function judge(seen: readonly Seen[], rest: Partial<ChannelHistory> = {}) {
  const publishes = [acked(1), acked(2), acked(3), acked(4)];
  return check([{ channel: "c", publishes, readers: [{ name: "r", seen }], ...rest }]);
}

describe("the checker", () => {
  it("finds nothing in a log with a cut and a recovery", () => {
    const verdict = judge([event(1), event(2), recovered, event(3), event(4)]);
    expect(violationsOf(verdict)).toEqual([]);
  });

  it("finds an event that was acknowledged and never came, also at the end", () => {
    expect(judge([event(1), event(2), event(3)])).toMatchObject({ lost: 1, skipped: 0 });
    expect(judge([])).toMatchObject({ lost: 4 });
  });

  it("finds a hole in the middle as lost and as skipped", () => {
    expect(judge([event(1), event(2), event(4)])).toMatchObject({ lost: 1, skipped: 1, gaps: 0 });
  });

  it("finds an event that came twice", () => {
    expect(judge([event(1), event(2), event(2), event(3), event(4)])).toMatchObject({
      duplicated: 1,
      reordered: 0,
    });
  });

  it("finds a duplicate that a recovery replayed", () => {
    const verdict = judge([event(1), event(2), recovered, event(1), event(2), event(3), event(4)]);
    expect(verdict).toMatchObject({ duplicated: 2, lost: 0 });
  });

  it("finds events that changed places", () => {
    expect(judge([event(1), event(3), event(2), event(4)]).reordered).toBe(1);
  });

  it("finds an offset that goes back although the values are in order", () => {
    expect(judge([event(1, 5), event(2, 4), event(3, 6), event(4, 7)]).reordered).toBe(1);
  });

  it("finds events that nobody published, or that were refused", () => {
    const refused: PublishRecord = { value: 5, outcome: "refused" };
    expect(judge([event(1), event(2), event(3), event(4), event(9, 5)]).unexpected).toBe(1);
    const verdict = judge([event(1), event(5, 2)], { publishes: [acked(1), refused] });
    expect(verdict.unexpected).toBe(1);
  });

  it("excuses what a reported gap covers, and counts it", () => {
    const verdict = judge([event(1), gap(2, 3), event(4)]);
    expect(violationsOf(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ gaps: 1, missedInGaps: 2 });
  });

  it("excuses nothing before or after the gap", () => {
    const publishes = [1, 2, 3, 4, 5, 6].map((value) => acked(value));
    const verdict = judge([event(1), event(3), gap(4, 4), event(5)], { publishes });
    expect(verdict).toMatchObject({ lost: 2, skipped: 1, missedInGaps: 1 });
  });

  it("finds an event left out right after a gap", () => {
    expect(judge([event(1), gap(2, 2), event(4)])).toMatchObject({ skipped: 1 });
  });

  it("lets a gap at the end of the log excuse the rest", () => {
    expect(judge([event(1), gap(1, 0, "epoch-changed")])).toMatchObject({
      lost: 0,
      missedInGaps: 3,
    });
  });

  it("lets numbering start anew after a change of epoch, and only then", () => {
    const publishes = [acked(1), acked(2), acked(3, 1), acked(4, 2)];
    const told = judge([event(1), event(2), gap(1, 0, "epoch-changed"), event(3, 1), event(4, 2)], {
      publishes,
    });
    expect(violationsOf(told)).toEqual([]);
    const silent = judge([event(1), event(2), recovered, event(3, 1), event(4, 2)], { publishes });
    expect(silent.reordered).toBe(2);
  });

  it("lets a publish without an answer be there once or not at all, but not twice", () => {
    const publishes: PublishRecord[] = [acked(1), { value: 2, outcome: "unknown" }, acked(3)];
    const there = [event(1), event(2), event(3)];
    expect(judge(there, { publishes })).toMatchObject({ lost: 0, unacked: { sent: 1, seen: 1 } });
    const compact = [acked(1), publishes[1] as PublishRecord, acked(3, 2)];
    expect(judge([event(1), event(3, 2)], { publishes: compact })).toMatchObject({
      lost: 0,
      unexpected: 0,
      unacked: { sent: 1, seen: 0 },
    });
    expect(judge([event(1), event(2), event(2), event(3)], { publishes }).duplicated).toBe(1);
  });

  it("finds a value that two readers saw at different places, or not where it was acknowledged", () => {
    const publishes: PublishRecord[] = [{ value: 1, outcome: "unknown" }];
    const readers = [
      { name: "a", seen: [event(1, 1)] },
      { name: "b", seen: [event(1, 2)] },
    ];
    expect(check([{ channel: "c", publishes, readers }]).inconsistent).toBe(1);
    expect(judge([event(1, 2)], { publishes: [acked(1, 1)] }).inconsistent).toBe(1);
  });

  it("finds in the store what is lost, double, misplaced, refused or made up", () => {
    const readers: ChannelHistory["readers"] = [];
    const stored = [
      { value: 1, offset: 1 },
      { value: 1, offset: 2 },
      { value: 3, offset: 4 },
      { value: 7, offset: 5 },
    ];
    const publishes: PublishRecord[] = [acked(1, 2), acked(2), acked(3)];
    expect(check([{ channel: "c", publishes, readers, stored }])).toMatchObject({
      lost: 1,
      duplicated: 1,
      inconsistent: 1,
      unexpected: 1,
    });
    const refused: PublishRecord[] = [{ value: 1, outcome: "refused" }];
    const one = [{ value: 1, offset: 1 }];
    expect(check([{ channel: "c", publishes: refused, readers, stored: one }]).unexpected).toBe(1);
  });

  it("names examples in what it reports", () => {
    expect(violationsOf(judge([event(1), event(2), event(4)]))).toEqual([
      "1 lost",
      "1 skipped",
      "skipped: c, r saw 4 at offset 4 right after offset 2",
      "lost: c, r never saw 3",
    ]);
  });
});
