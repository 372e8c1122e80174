import { describe, expect, test } from "vitest";
import { alertOf, ruleOf } from "../features/inbox/testing.js";
import { alertDetail, alertTitle, ruleText } from "./alert-text.js";
import type { Language } from "./language.js";
import { startI18n } from "./start.js";
import { formatsOf } from "./use-formats.js";

const inLanguage = (language: Language) => {
  const t = startI18n(language).getFixedT(language, "alerts");
  const formats = formatsOf(language);
  return {
    title: (alert: ReturnType<typeof alertOf>) => alertTitle(alert, t, formats),
    detail: (alert: ReturnType<typeof alertOf>) => alertDetail(alert, t, formats),
  };
};

const stop = alertOf({
  kind: "stop-loss",
  symbol: "SPX",
  rule: ruleOf({ kind: "stop-loss", price: 1_234.5 }),
  price: 1_230,
  previousPrice: 1_240,
  title: "server words",
});

describe("titles", () => {
  test("come from the rule, in the language of the reader", () => {
    expect(inLanguage("en").title(stop)).toBe("SPX fell to the stop 1,234.50");
    expect(inLanguage("zh").title(stop)).toBe("SPX 已下跌至止损价 1,234.50");
  });

  test("of percentages name the window in the reader's units", () => {
    const moved = alertOf({
      kind: "percent-change",
      rule: ruleOf({ kind: "percent-change", percent: 2.5, windowMs: 3_600_000 }),
    });
    expect(inLanguage("en").title(moved)).toBe("SIM-A moved by 2.5% within 1 hr");
    expect(inLanguage("zh").title(moved)).toBe("SIM-A 1小时内变动 2.5%");
  });

  test("of summaries count what they stand for", () => {
    const flood = { kind: "summary", reason: "flood", symbol: null } as const;
    const { title } = inLanguage("en");
    expect(title(alertOf({ ...flood, covers: 1 }))).toBe("Too many at once: 1 alert held back");
    expect(title(alertOf({ ...flood, covers: 1_200 }))).toBe(
      "Too many at once: 1,200 alerts held back",
    );
    expect(inLanguage("zh").title(alertOf({ ...flood, covers: 2, reason: "digest" }))).toBe(
      "2 条提醒的摘要",
    );
  });

  test("never repeat the server's own words", () => {
    expect(
      inLanguage("en").title(alertOf({ kind: "no-data", rule: null, title: "server words" })),
    ).toBe("SIM-A has no data");
  });
});

test("a rule that has not fired is told as what would be", () => {
  const t = startI18n("en").getFixedT("en", "alerts");
  const rule = ruleOf({ kind: "stop-loss", price: 1_234.5 });
  expect(ruleText(rule, t, formatsOf("en"))).toBe("falls to the stop 1,234.50");
});

test("details say the price and the one before", () => {
  expect(inLanguage("en").detail(stop)).toBe("at 1,230.00, before 1,240.00");
});
