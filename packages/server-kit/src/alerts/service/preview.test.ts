import { type NewRuleInput, newMonitor } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import { tickOf } from "../../../test/support/rules.js";
import { preview, previewStart } from "./preview.js";

const HOUR = 3_600_000;
const of = (...rules: NewRuleInput[]) => newMonitor.parse({ symbol: "SPX", rules });
const saw = [104, 106, 104, 106, 104, 106].map((price, index) => tickOf((index + 1) * HOUR, price));

describe("a preview", () => {
  it("tells which fires would have been told and which suppressed", () => {
    const { fired, suppressed, fires } = preview(
      { ...of({ kind: "take-profit", price: 105 }), cooldownMs: 3 * HOUR },
      saw,
      0,
    );
    expect({ fired, suppressed }).toEqual({ fired: 2, suppressed: 1 });
    expect(fires.map(({ at, suppressed: quiet }) => [at / HOUR, quiet])).toEqual([
      [2, false],
      [4, true],
      [6, false],
    ]);
  });

  it("counts from its first moment on, and looks back beyond it", () => {
    const rule: NewRuleInput = { kind: "range-breakout", windowMs: 2 * HOUR };
    const ticks = [100, 101, 99, 100, 102].map((price, index) => tickOf((index + 1) * HOUR, price));
    expect(preview(of(rule), ticks, 4 * HOUR).fires).toEqual([
      { ruleId: "range-breakout", at: 5 * HOUR, price: 102, suppressed: false },
    ]);
    expect(previewStart(of(rule), 4 * HOUR)).toBe(0);
  });

  it("keeps a rule quiet while another of the monitor fires", () => {
    const near: NewRuleInput = {
      kind: "threshold",
      when: "below",
      price: 97,
      id: "near",
      inhibitedBy: ["stop-loss"],
    };
    const stop: NewRuleInput = { kind: "stop-loss", price: 95 };
    const ticks = [100, 94, 96, 98].map((price, index) => tickOf(index + 1, price));
    const told = preview(of(near, stop), ticks, 0).fires.filter(({ suppressed }) => !suppressed);
    expect(told.map(({ ruleId }) => ruleId)).toEqual(["stop-loss"]);
  });
});
