import { describe, expect, it } from "vitest";
import { monitorWith, scene, tickOf, words } from "../../../test/support/rules.js";
import { createEvaluator } from "./create-evaluator.js";

const HOUR = 3_600_000;
/** A Monday on which New York trades; it is 14:30 to 21:00 UTC. */
const MONDAY = Date.UTC(2026, 0, 12);

describe("time", () => {
  it("fires a pending rule when it is due, without a tick", () => {
    const { play, pass } = scene([{ kind: "take-profit", price: 105, forMs: 10 }]);
    expect(play([1, 104], [2, 106])).toEqual(["pending take-profit @2"]);
    expect(pass(11)).toEqual([]);
    expect(pass(12)).toEqual(["fired take-profit @12"]);
    expect(pass(1_000)).toEqual([]);
  });

  it("fires what came due between two ticks before it looks at the second", () => {
    const { play } = scene([{ kind: "take-profit", price: 105, forMs: 10 }]);
    expect(play([1, 104], [2, 106], [50, 104])).toEqual([
      "pending take-profit @2",
      "fired take-profit @12",
      "resolved take-profit @50",
    ]);
  });

  it("goes on with a pending timer after a restart", () => {
    const first = scene([{ kind: "take-profit", price: 105, forMs: 10 }]);
    const [pending] = first.evaluator
      .evaluate(tickOf(1, 104))
      .concat(first.evaluator.evaluate(tickOf(2, 106)));
    if (pending === undefined || !("memory" in pending)) throw new Error("nothing is pending");
    const second = scene([{ kind: "take-profit", price: 105, forMs: 10 }], {
      memory: [pending.memory],
    });
    second.evaluator.restore([{ symbol: "SPX", price: 106, at: 2 }]);
    expect(second.pass(11)).toEqual([]);
    expect(second.pass(12)).toEqual(["fired take-profit @12"]);
  });

  it("says nothing twice when ticks are played again after a crash", () => {
    const rules = [{ kind: "take-profit", price: 105 } as const];
    const first = scene(rules);
    first.evaluator.evaluate(tickOf(1, 104));
    const [fired] = first.evaluator.evaluate(tickOf(2, 106));
    if (fired === undefined || !("memory" in fired)) throw new Error("nothing fired");
    const again = scene(rules, { memory: [fired.memory] });
    expect(again.play([1, 104], [2, 106], [3, 104])).toEqual(["resolved take-profit @3"]);
  });

  it("forgets what another version of the monitor saw: an edit resets", () => {
    const { evaluator, monitor } = scene([{ kind: "take-profit", price: 105, forMs: 10 }]);
    evaluator.evaluate(tickOf(1, 104));
    evaluator.evaluate(tickOf(2, 106));
    evaluator.arm({ monitor: { ...monitor, version: 2 }, armedAt: 2 });
    expect(evaluator.advance(100)).toEqual([]);
    expect(evaluator.phase("m1", "take-profit")).toBe("inactive");
    expect(evaluator.evaluate(tickOf(101, 107)).map(words)).toEqual([]);
  });

  it("resolves and forgets a rule that expires", () => {
    const { play, pass } = scene([
      { kind: "threshold", when: "above", price: 100, expiresAt: 10 },
      { kind: "take-profit", price: 105, expiresAt: 10, forMs: 100 },
    ]);
    expect(play([1, 104], [2, 106])).toEqual(["fired threshold @1", "pending take-profit @2"]);
    expect(pass(10)).toEqual(["resolved threshold @10", "lapsed take-profit @10"]);
    expect(play([11, 90], [12, 110])).toEqual([]);
  });

  it("evaluates within trading hours only, and looks at what it missed when they begin", () => {
    const { play } = scene([{ kind: "take-profit", price: 105, hours: { exchange: "XNYS" } }]);
    expect(
      play(
        [MONDAY + 15 * HOUR, 104],
        [MONDAY + 22 * HOUR, 106], // after the close
        [MONDAY + 38 * HOUR, 107], // before the open
      ),
    ).toEqual([]);
    const open = MONDAY + 38.5 * HOUR;
    expect(play([open, 107])).toEqual([`fired take-profit @${open}`]);
  });

  it("does not let a rule wait over the close", () => {
    const forMs = 2 * HOUR;
    const { play, pass } = scene([
      { kind: "take-profit", price: 105, hours: { exchange: "XNYS" }, forMs },
    ]);
    const at = MONDAY + 20 * HOUR;
    expect(play([at - 1, 104], [at, 106])).toEqual([`pending take-profit @${at}`]);
    expect(pass(at + forMs)).toEqual([`lapsed take-profit @${at + forMs}`]);
  });
});

describe("silence", () => {
  const silentAfter = { staleAfterMs: () => 100 };

  it("is no-data, not resolved: what fires goes on, what waits has lapsed (trap 6)", () => {
    const { play, pass, evaluator } = scene(
      [
        { kind: "threshold", when: "above", price: 100 },
        { kind: "take-profit", price: 105, forMs: 1_000 },
      ],
      silentAfter,
    );
    expect(play([1, 104], [2, 106])).toEqual(["fired threshold @1", "pending take-profit @2"]);
    expect(pass(101)).toEqual([]);
    expect(pass(102)).toEqual(["no-data m1 @102", "lapsed take-profit @102"]);
    expect(evaluator.phase("m1", "threshold")).toBe("no-data");
    expect(pass(5_000)).toEqual([]);
    expect(play([6_000, 107])).toEqual(["data m1 @6000"]);
    expect(evaluator.phase("m1", "threshold")).toBe("firing");
    expect(play([6_001, 99])).toEqual(["resolved threshold @6001"]);
  });

  it("is told each time it comes, and not while prices do", () => {
    const { play, pass } = scene([{ kind: "stop-loss", price: 1 }], silentAfter);
    expect(play([1, 10], [90, 10], [180, 10], [270, 10])).toEqual([]);
    expect(pass(369)).toEqual([]);
    expect(pass(370)).toEqual(["no-data m1 @370"]);
    expect(play([400, 10], [450, 10])).toEqual(["data m1 @400"]);
    expect(pass(600)).toEqual(["no-data m1 @550"]);
  });

  it("of a night is none", () => {
    const open = MONDAY + 14.5 * HOUR;
    const { play, pass } = scene([
      { kind: "stale-feed", afterMs: HOUR, hours: { exchange: "XNYS" } },
    ]);
    expect(play([open + 6 * HOUR, 10])).toEqual([]); // half an hour before the close
    expect(pass(open + 24 * HOUR)).toEqual([]);
    const due = open + 24.5 * HOUR;
    expect(pass(due)).toEqual([`fired stale-feed @${due}`]);
    expect(play([due + 1, 10])).toEqual([`resolved stale-feed @${due + 1}`]);
    expect(pass(due + 2 * HOUR)).toEqual([`fired stale-feed @${due + 1 + HOUR}`]);
  });

  it("before anybody listened is nobody's: a restart does not cry wolf", () => {
    const evaluator = createEvaluator(silentAfter);
    evaluator.restore([{ symbol: "SPX", price: 10, at: 1 }]);
    evaluator.arm({ monitor: monitorWith([{ kind: "stop-loss", price: 1 }]), armedAt: null });
    expect(evaluator.advance(1_000_000).map(words)).toEqual([]);
    expect(evaluator.advance(1_000_099).map(words)).toEqual([]);
    expect(evaluator.advance(1_000_100).map(words)).toEqual(["no-data m1 @1000100"]);
  });
});
