import { describe, expect, it } from "vitest";
import type { HistoryPage } from "../store/history-store.js";
import { type JoinRequest, joinAnswer, joinQuery, needsAllRows } from "./recovery.js";

const page: HistoryPage = { epoch: "e", offset: 100, complete: 90, entries: [] };

function request(fields: Partial<JoinRequest> = {}): JoinRequest {
  return { mode: "log", since: undefined, rewind: undefined, maxReplay: 50, ...fields };
}

function answer(offset: number, fields: Partial<JoinRequest> = {}, epoch = "e") {
  return joinAnswer(request({ since: { epoch, offset }, ...fields }), page);
}

describe("the outcome of a log subscribe (F11)", () => {
  it("is fresh without a position", () => {
    expect(joinAnswer(request(), page)).toEqual({ recovery: "fresh", send: "snapshot" });
  });

  it("is nothing-missed at the newest offset", () => {
    expect(answer(100)).toEqual({ recovery: "nothing-missed", send: "nothing" });
  });

  it("is recovered down to the oldest position that is complete", () => {
    expect(answer(99)).toEqual({ recovery: "recovered", send: "replay" });
    expect(answer(90)).toEqual({ recovery: "recovered", send: "replay" });
  });

  it("is a counted gap one below it, and nothing is replayed (E2)", () => {
    expect(answer(89)).toEqual({
      recovery: "gap",
      send: "nothing",
      gap: { from: 90, to: 100, reason: "expired" },
    });
  });

  it("is a gap when more was missed than one recovery replays", () => {
    const entries = Array.from({ length: 6 }, (_, n) => ({
      offset: 95 + n,
      data: n,
      timestamp: 0,
    }));
    const since = { epoch: "e", offset: 94 };
    expect(joinAnswer(request({ since, maxReplay: 5 }), { ...page, entries })).toMatchObject({
      gap: { from: 95, to: 100, reason: "too-many" },
    });
    expect(joinAnswer(request({ since, maxReplay: 6 }), { ...page, entries })).toMatchObject({
      recovery: "recovered",
    });
  });

  it("is a gap over the whole new numbering when the epoch changed (F5, E28)", () => {
    expect(answer(7, {}, "old")).toMatchObject({
      gap: { from: 1, to: 100, reason: "epoch-changed" },
    });
  });

  it("is a gap for an offset nobody handed out (A39)", () => {
    expect(answer(101)).toMatchObject({ gap: { reason: "unknown-position" } });
    expect(answer(Number.MAX_SAFE_INTEGER)).toMatchObject({ gap: { reason: "unknown-position" } });
  });
});

describe("the outcome of a latest or table subscribe", () => {
  it.each(["latest", "table"] as const)("%s: never a gap, since state converges", (mode) => {
    for (const offset of [0, 50, 89, 90, 99, 101]) {
      expect(answer(offset, { mode }).gap).toBeUndefined();
      expect(answer(offset, { mode }, "old").gap).toBeUndefined();
    }
  });

  it("sends changed rows of a table while they are known, and all rows after that", () => {
    expect(answer(90, { mode: "table" })).toEqual({ recovery: "recovered", send: "replay" });
    expect(answer(89, { mode: "table" })).toEqual({ recovery: "recovered", send: "snapshot" });
    expect(needsAllRows(request({ mode: "table", since: { epoch: "e", offset: 89 } }), page)).toBe(
      true,
    );
    expect(needsAllRows(request({ mode: "table", since: { epoch: "e", offset: 90 } }), page)).toBe(
      false,
    );
  });

  it("starts over when the numbering is another one", () => {
    expect(answer(100, { mode: "latest" }, "old")).toEqual({ recovery: "fresh", send: "snapshot" });
  });
});

describe("the outcome of a signal subscribe", () => {
  it("is fresh, whatever position is named: nothing is kept, so nothing was missed", () => {
    for (const epoch of ["e", "old"]) {
      for (const offset of [0, 100, 101]) {
        expect(answer(offset, { mode: "signal" }, epoch).recovery).toBe("fresh");
      }
    }
  });
});

describe("the read of a join", () => {
  it("is bounded, whatever position is claimed (A39)", () => {
    expect(joinQuery(request({ since: { epoch: "x", offset: 0 } }))).toEqual({
      after: 0,
      limit: 51,
    });
  });

  it("takes the last n on rewind and nothing otherwise", () => {
    expect(joinQuery(request({ rewind: 3 }))).toEqual({ limit: 3, newest: true });
    expect(joinQuery(request())).toEqual({ limit: 0, newest: true });
  });

  it("rewinds no further than one recovery replays", () => {
    expect(joinQuery(request({ rewind: 51, maxReplay: 50 }))).toMatchObject({ limit: 50 });
  });
});
