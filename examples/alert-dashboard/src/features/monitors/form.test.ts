import { type Monitor, newMonitor } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { text } from "../../text.js";
import { fieldBehind, validateForm } from "./form-errors.js";
import { EMPTY_FORM, type FormValues, toDraft, toFormValues } from "./form-values.js";

const form = (values: Partial<FormValues>): FormValues => ({
  ...EMPTY_FORM,
  symbol: "SPX",
  ...values,
});

test("a form with one level is enough", () => {
  expect(validateForm(form({ stopLoss: "1350" }))).toEqual({});
});

test("a form without any level is refused as a whole", () => {
  expect(validateForm(form({}))).toEqual({ rules: "add at least one rule" });
});

test("a price below zero is named at its field", () => {
  expect(validateForm(form({ takeProfit: "-5" }))).toEqual({
    takeProfit: "must be a price above 0",
  });
});

test("a range upside down is named at its upper bound", () => {
  expect(validateForm(form({ entryLow: "20", entryHigh: "10" }))).toEqual({
    entryHigh: "must be above low",
  });
});

test("half a range asks for the other half", () => {
  expect(validateForm(form({ entryLow: "20" }))).toEqual({ entryHigh: text.form.otherBound });
});

test("what is no number is said so, at each field that has it", () => {
  expect(validateForm(form({ stopLoss: "abc", cooldownMinutes: "soon" }))).toEqual({
    stopLoss: text.form.notANumber,
    cooldownMinutes: text.form.notANumber,
  });
});

test("a cooldown out of range is told in minutes, as the field is", () => {
  expect(validateForm(form({ stopLoss: "1", cooldownMinutes: "-1" }))).toEqual({
    cooldownMinutes: text.form.cooldownRange,
  });
});

test("an empty cooldown means the default", () => {
  const draft = toDraft(form({ stopLoss: "1", cooldownMinutes: "" }));
  expect(newMonitor.parse(draft).cooldownMs).toBe(3_600_000);
});

test("separated thousands are understood", () => {
  expect(toDraft(form({ stopLoss: "1,350.5" })).rules).toEqual([
    { kind: "stop-loss", price: 1_350.5, side: "long" },
  ]);
});

test("a field the server names is found whatever rules were left out", () => {
  const { rules } = toDraft(form({ takeProfit: "5", stopLoss: "4" }));
  expect(fieldBehind("rules.1.price", rules)).toBe("stopLoss");
  expect(fieldBehind("cooldownMs", rules)).toBe("cooldownMinutes");
  expect(fieldBehind("rules", rules)).toBe("rules");
  expect(fieldBehind("rules.7.price", rules)).toBe("rules");
  expect(fieldBehind("unheard.of", rules)).toBe("rules");
});

const price = fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100);
const side = fc.constantFrom("long" as const, "short" as const);

test("a monitor read into the form and out again asks for the same", () => {
  const monitors = fc.record({
    symbol: fc.constantFrom("SPX", "MSFT"),
    cooldownMs: fc.integer({ min: 0, max: 600 }).map((minutes) => minutes * 60_000),
    entry: fc.option(fc.tuple(price, price).filter(([low, high]) => low < high)),
    takeProfit: fc.option(price),
    stopLoss: price,
    side,
    note: fc.constantFrom("", "after the numbers"),
  });
  fc.assert(
    fc.property(monitors, ({ entry, takeProfit, stopLoss, side, ...rest }) => {
      const rules: Monitor["rules"] = [
        ...(entry ? [{ kind: "entry-range" as const, low: entry[0], high: entry[1] }] : []),
        ...(takeProfit ? [{ kind: "take-profit" as const, price: takeProfit, side }] : []),
        { kind: "stop-loss", price: stopLoss, side },
      ];
      const monitor: Monitor = {
        ...rest,
        id: "m1",
        userId: "demo",
        enabled: true,
        rules,
        version: 1,
        createdAt: 0,
        updatedAt: 0,
      };
      const { symbol, note, cooldownMs } = monitor;
      expect(newMonitor.parse(toDraft(toFormValues(monitor)))).toEqual({
        symbol,
        note,
        cooldownMs,
        enabled: true,
        rules,
      });
    }),
  );
});
