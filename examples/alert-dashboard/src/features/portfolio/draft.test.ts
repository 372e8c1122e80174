import { expect, test } from "vitest";
import { checkDraft, toDraft } from "./draft.js";

const row = (id: number, instrument: string, quantity: string, cost: string) => ({
  id,
  instrument,
  quantity,
  cost,
});

test("what was typed becomes holdings, with commas, minus signs and spaces as people write them", () => {
  expect(checkDraft([row(0, " SPX ", "−1,000", "12.5")])).toEqual({
    ok: true,
    holdings: [{ instrument: "SPX", quantity: -1_000, cost: 12.5 }],
  });
});

test("a row nobody typed anything into does not count", () => {
  expect(checkDraft([row(0, "", " ", "")])).toEqual({ ok: true, holdings: [] });
});

test("every wrong field is named", () => {
  const checked = checkDraft([
    row(3, "", "x", "0"),
    row(4, "SPX", "0", "Infinity"),
    row(5, "SPX", "1", "1"),
  ]);
  expect(checked).toEqual({
    ok: false,
    errors: new Map([
      [3, { instrument: "required", quantity: "notANumber", cost: "abovezero" }],
      [4, { quantity: "notZero", cost: "notANumber" }],
    ]),
  });
});

test("holdings survive being edited without a change", () => {
  const holdings = [{ instrument: "SIM-A", quantity: -2.5, cost: 0.01 }];
  expect(checkDraft(toDraft(holdings))).toEqual({ ok: true, holdings });
});
