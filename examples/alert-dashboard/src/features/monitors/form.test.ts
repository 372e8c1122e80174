import { ALERT_KINDS, type Monitor, newMonitor } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkForm, fieldBehind } from "./form-errors.js";
import {
  emptyForm,
  type FormValues,
  formOf,
  monitorOf,
  readForm,
  ruleNames,
} from "./form-values.js";
import { EMPTY_HOURS } from "./hours-draft.js";
import { emptyRule, type RuleDraft } from "./rule-draft.js";
import { readSpan, spanText } from "./span-text.js";

const form = (...rules: RuleDraft[]): FormValues => emptyForm("SPX", rules);
const keys = (values: FormValues) =>
  Object.fromEntries(Object.entries(checkForm(values)).map(([field, { key }]) => [field, key]));

test("a form with one level is enough, and asks for what the schema takes as default", () => {
  const values = form(emptyRule("stop-loss", { price: "1350" }));
  expect(checkForm(values)).toEqual({});
  expect(monitorOf(values)).toEqual(
    newMonitor.parse({ symbol: "SPX", rules: [{ kind: "stop-loss", price: 1_350 }] }),
  );
});

test("every kind can be asked for with little more than its defaults", () => {
  const needed = { price: "10", low: "9", high: "11" };
  for (const kind of ALERT_KINDS) {
    const values = form(emptyRule(kind, needed));
    expect(checkForm(values), kind).toEqual({});
    expect(monitorOf(values)?.rules[0]?.kind).toBe(kind);
  }
});

test("a form without any rule is refused as a whole", () => {
  expect(keys(form())).toEqual({ rules: "noRules" });
});

test("what is wrong is told at the field that holds it, of the rule that has it", () => {
  const good = emptyRule("take-profit", { price: "120" });
  expect(keys(form(good, emptyRule("stop-loss", { price: "-5" })))).toEqual({
    "rules.1.price": "above",
  });
  expect(keys(form(emptyRule("threshold", { price: "abc" })))).toEqual({
    "rules.0.price": "number",
  });
  expect(keys(form(emptyRule("entry-range", { low: "20", high: "10" })))).toEqual({
    "rules.0.high": "order",
  });
  expect(keys(form(emptyRule("volume-spike", { factor: "1", bars: "2.5" })))).toEqual({
    "rules.0.factor": "atLeast",
    "rules.0.bars": "whole",
  });
  expect(keys({ ...form(good), cooldownMs: "soon" })).toEqual({ cooldownMs: "span" });
  expect(keys({ ...form(good), symbol: " " })).toEqual({ symbol: "symbol" });
});

test("a clear level on the wrong side is told at its field", () => {
  expect(keys(form(emptyRule("take-profit", { price: "100", clear: "101" })))).toEqual({
    "rules.0.clear": "clear",
  });
  expect(keys(form(emptyRule("stop-loss", { price: "100", clear: "101" })))).toEqual({});
});

test("hours are told as one field, whatever of them is wrong", () => {
  const hours = { ...EMPTY_HOURS, mode: "custom" as const, sessions: "16:00-09:30" };
  expect(keys(form(emptyRule("stop-loss", { price: "1", hours })))).toEqual({
    "rules.0.hours": "hours",
  });
});

test("a rule can only be quieted by another rule of its monitor", () => {
  const stop = emptyRule("stop-loss", { price: "90" });
  const near = emptyRule("threshold", { price: "95", when: "below", inhibitedBy: ["stop-loss"] });
  expect(keys(form(stop, near))).toEqual({});
  expect(keys(form(near))).toEqual({ "rules.0.inhibitedBy": "others" });
});

test("rules without a name are named as the server names them", () => {
  const rules = [
    emptyRule("crossing", { price: "1" }),
    emptyRule("crossing", { price: "2", id: "crossing-2" }),
    emptyRule("crossing", { price: "3" }),
  ];
  expect(ruleNames(rules)).toEqual(monitorOf(form(...rules))?.rules.map(({ id }) => id));
});

test("a field the server names is found, however deep it points", () => {
  expect(fieldBehind("rules.1.price")).toBe("rules.1.price");
  expect(fieldBehind("rules.0.hours.sessions.0.close")).toBe("rules.0.hours");
  expect(fieldBehind("rules")).toBe("rules");
  expect(fieldBehind("cooldownMs")).toBe("cooldownMs");
});

test("a span is read back as it was written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 86_400 }), (seconds) => {
      expect(readSpan(spanText(seconds * 1_000))).toBe(seconds * 1_000);
    }),
  );
});

test("a span is understood in many spellings, a number alone as minutes", () => {
  expect(["90", "90min", "1.5 h", "1 h 30 min", "1小时30分"].map(readSpan)).toEqual(
    Array.from({ length: 5 }, () => 5_400_000),
  );
  expect(readSpan("")).toBeUndefined();
  expect([readSpan("soon"), readSpan("5 parsecs"), readSpan("1 h and a bit")]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});

const price = fc.integer({ min: 1_000, max: 1_000_000 }).map((cents) => cents / 100);
const seconds = fc.integer({ min: 1, max: 86_400 }).map((count) => count * 1_000);
const settings = {
  forMs: seconds,
  cooldownMs: fc.option(seconds),
  repeat: fc.constantFrom("every", "once", "once-per-bar"),
  expiresAt: fc.option(fc.integer({ min: 1, max: 40_000_000 }).map((minute) => minute * 60_000)),
  severity: fc.constantFrom("info", "warning", "critical"),
  tags: fc.constantFrom([], ["swing", "earnings"]),
  note: fc.constantFrom("", "after the numbers"),
  hours: fc.constantFrom(
    null,
    { exchange: "XSHG" },
    {
      timeZone: "Asia/Shanghai",
      days: [1, 5],
      sessions: [
        { open: "09:30", close: "11:30" },
        { open: "13:00", close: "15:00" },
      ],
      holidays: ["2026-10-01"],
      shortDays: [{ day: "2026-12-24", sessions: [{ open: "09:30", close: "11:30" }] }],
    },
  ),
};
const rule = fc.oneof(
  fc.record({ kind: fc.constant("take-profit"), price, side: fc.constant("short"), ...settings }),
  fc.record({ kind: fc.constant("threshold"), when: fc.constant("below"), price, ...settings }),
  fc.record({ kind: fc.constant("crossing"), direction: fc.constant("down"), price, ...settings }),
  fc.record({
    kind: fc.constant("percent-change"),
    percent: price.map((p) => p / 100),
    windowMs: seconds,
    ...settings,
  }),
  fc.record({
    kind: fc.constant("range-breakout"),
    direction: fc.constant("low"),
    windowMs: seconds,
    ...settings,
  }),
  fc.record({
    kind: fc.constant("volume-spike"),
    factor: fc.constant(2.5),
    bars: fc.constant(30),
    ...settings,
  }),
  fc.record({ kind: fc.constant("stale-feed"), afterMs: seconds, ...settings }),
);

test("a monitor read into the form and out again asks for the same", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
      const asked = newMonitor.parse({ symbol: "SPX", note: "n", tags: ["a"], rules });
      const monitor: Monitor = {
        ...asked,
        id: "m1",
        userId: "demo",
        version: 1,
        createdAt: 0,
        updatedAt: 0,
      };
      expect(newMonitor.parse(readForm(formOf(monitor)))).toEqual(asked);
    }),
  );
});
