import { describe, expect, it } from "vitest";
import {
  ALERT_KINDS,
  alertNotification,
  alertRule,
  DEFAULT_COOLDOWN_MS,
  monitorChange,
  newMonitor,
  newRule,
  strategyChange,
  tick,
  tradingHours,
} from "./index.js";

const stop = { kind: "stop-loss", price: 9.5 };
const wanted = { symbol: " 600519 ", rules: [stop] };

/** What every rule has unless it says otherwise. */
const defaults = {
  forMs: 0,
  cooldownMs: null,
  repeat: "every",
  barMs: 60_000,
  expiresAt: null,
  hours: null,
  severity: "warning",
  tags: [],
  note: "",
  inhibitedBy: [],
};

/** The path of the first thing that is wrong. */
function wrongField(
  schema: { safeParse(value: unknown): { error?: { issues: readonly { path: PropertyKey[] }[] } } },
  value: unknown,
) {
  return schema.safeParse(value).error?.issues[0]?.path.join(".");
}

describe("a new monitor", () => {
  it("is filled in: enabled, no note, repeats suppressed for 60 minutes, a long position", () => {
    expect(newMonitor.parse(wanted)).toEqual({
      symbol: "600519",
      note: "",
      enabled: true,
      rules: [{ ...defaults, ...stop, id: "stop-loss", side: "long", clear: null, hysteresis: 0 }],
      cooldownMs: DEFAULT_COOLDOWN_MS,
      tags: [],
      strategyId: null,
      onNoData: "notify",
    });
    expect(DEFAULT_COOLDOWN_MS).toBe(60 * 60 * 1_000);
  });

  it("takes no field that is not the user's to set (A40)", () => {
    const claimed = { ...wanted, userId: "somebody else", id: "1", version: 9, ["__proto__"]: {} };
    expect(Object.keys(newMonitor.parse(claimed)).sort()).toEqual(
      Object.keys(newMonitor.parse(wanted)).sort(),
    );
  });

  it("names its rules after their kinds, numbered where a name is taken", () => {
    const rules = [stop, { ...stop, price: 9 }, { ...stop, id: "stop-loss-2", price: 8 }, stop];
    const { rules: named } = newMonitor.parse({ symbol: "x", rules });
    expect(named.map(({ id }) => id)).toEqual([
      "stop-loss",
      "stop-loss-3",
      "stop-loss-2",
      "stop-loss-4",
    ]);
  });

  it.each([
    ["no symbol", { rules: [stop] }, "symbol"],
    ["a blank symbol", { symbol: "  ", rules: [stop] }, "symbol"],
    ["a symbol that is too long", { symbol: "x".repeat(33), rules: [stop] }, "symbol"],
    ["no rule", { symbol: "x", rules: [] }, "rules"],
    ["more than 20 rules", { symbol: "x", rules: new Array(21).fill(stop) }, "rules"],
    [
      "two rules of one id",
      {
        symbol: "x",
        rules: [
          { ...stop, id: "a" },
          { ...stop, id: "a" },
        ],
      },
      "rules",
    ],
    ["a kind nobody knows", { symbol: "x", rules: [{ kind: "hunch" }] }, "rules.0.kind"],
    ["a price of 0", { symbol: "x", rules: [{ ...stop, price: 0 }] }, "rules.0.price"],
    [
      "a price that is none",
      { symbol: "x", rules: [{ ...stop, price: Number.NaN }] },
      "rules.0.price",
    ],
    ["an id with a space", { symbol: "x", rules: [{ ...stop, id: "a b" }] }, "rules.0.id"],
    [
      "a rule that is kept quiet by one that is not there",
      { symbol: "x", rules: [{ ...stop, inhibitedBy: ["ghost"] }] },
      "rules.0.inhibitedBy",
    ],
    [
      "a rule that keeps itself quiet",
      { symbol: "x", rules: [{ ...stop, inhibitedBy: ["stop-loss"] }] },
      "rules.0.inhibitedBy",
    ],
    ["a negative cooldown", { ...wanted, cooldownMs: -1 }, "cooldownMs"],
    ["a cooldown above 30 days", { ...wanted, cooldownMs: 2_592_000_001 }, "cooldownMs"],
  ])("is refused for %s, naming the field", (_name, value, field) => {
    expect(wrongField(newMonitor, value)).toBe(field);
  });
});

describe("a rule", () => {
  it.each([
    { kind: "entry-range", low: 1, high: 2 },
    { kind: "take-profit", price: 1 },
    { kind: "stop-loss", price: 1 },
    { kind: "threshold", when: "above", price: 1 },
    { kind: "crossing", direction: "up", price: 1 },
    { kind: "percent-change", percent: 5, windowMs: 60_000 },
    { kind: "range-breakout", windowMs: 60_000 },
    { kind: "volume-spike", factor: 3 },
    { kind: "stale-feed", afterMs: 60_000 },
  ])("of the kind $kind is read, and read again with the id it was given", (rule) => {
    expect(ALERT_KINDS).toContain(rule.kind);
    const [made] = newMonitor.parse({ symbol: "x", rules: [rule] }).rules;
    expect(alertRule.parse(made)).toEqual(made);
  });

  it("is of one of nine kinds", () => {
    expect(ALERT_KINDS).toHaveLength(9);
    expect(ALERT_KINDS).toHaveLength(newRule.options.length);
  });

  it.each([
    [{ kind: "entry-range", low: 10, high: 10 }, "high"],
    [{ kind: "entry-range", low: 11, high: 10 }, "high"],
    [{ ...stop, side: "flat" }, "side"],
    [{ ...stop, clear: 9 }, "clear"],
    [{ ...stop, side: "short", clear: 10 }, "clear"],
    [{ kind: "take-profit", price: 10, clear: 11 }, "clear"],
    [{ kind: "threshold", when: "below", price: 10, clear: 9 }, "clear"],
    [{ kind: "crossing", direction: "up", price: 10, clear: 11 }, "clear"],
    [{ kind: "percent-change", percent: 0, windowMs: 60_000 }, "percent"],
    [{ kind: "range-breakout", windowMs: 10 }, "windowMs"],
    [{ kind: "volume-spike", factor: 1 }, "factor"],
    [{ ...stop, forMs: 0.5 }, "forMs"],
    [{ ...stop, repeat: "sometimes" }, "repeat"],
    [{ ...stop, hours: { timeZone: "UTC", sessions: [] } }, "hours"],
  ])("%j is refused at %s", (rule, field) => {
    expect(wrongField(newRule, rule)?.split(".")[0]).toBe(field);
  });

  it("may be quiet again at a level on the other side", () => {
    expect(newRule.safeParse({ ...stop, clear: 10 }).success).toBe(true);
    expect(newRule.safeParse({ ...stop, side: "short", clear: 9 }).success).toBe(true);
  });
});

describe("trading hours", () => {
  const written = { timeZone: "Asia/Shanghai", sessions: [{ open: "09:30", close: "11:30" }] };

  it("are an exchange, or written out for the days of a week", () => {
    expect(tradingHours.parse({ exchange: "XNYS" })).toEqual({ exchange: "XNYS" });
    expect(tradingHours.parse(written)).toEqual({
      ...written,
      days: [1, 2, 3, 4, 5],
      holidays: [],
      shortDays: [],
    });
  });

  it.each([
    [{ ...written, sessions: [{ open: "11:30", close: "09:30" }] }],
    [{ ...written, sessions: [{ open: "9:30", close: "11:30" }] }],
    [{ ...written, days: [0] }],
    [{ ...written, holidays: ["Christmas"] }],
    [{ exchange: "nyse" }],
  ])("%j are refused", (hours) => {
    expect(tradingHours.safeParse(hours).success).toBe(false);
  });
});

describe("a change", () => {
  it("of a monitor changes what it names and nothing else: no default slips in", () => {
    expect(monitorChange.parse({ enabled: false })).toEqual({ enabled: false });
    expect(monitorChange.parse({ cooldownMs: 0, symbol: "other" })).toEqual({ cooldownMs: 0 });
  });

  it("names something", () => {
    expect(monitorChange.safeParse({}).error?.issues[0]?.message).toMatch(/name at least one of/);
    expect(strategyChange.safeParse({}).error?.issues[0]?.message).toMatch(/name at least one of/);
  });
});

describe("a tick", () => {
  it("has a price above 0, and no volume where the source has none", () => {
    expect(tick.parse({ symbol: "x", price: 1, at: 5 })).toMatchObject({ volume: 0 });
    for (const price of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(wrongField(tick, { symbol: "x", price, at: 5 })).toBe("price");
    }
  });
});

describe("a notification", () => {
  const fired = {
    id: "n1",
    seq: 1,
    revision: 1,
    userId: "u",
    monitorId: "m",
    monitorVersion: 1,
    strategyId: null,
    ruleId: "stop-loss",
    symbol: "x",
    venue: null,
    kind: "stop-loss",
    reason: "fired",
    state: "firing",
    severity: "critical",
    tags: [],
    rule: newMonitor.parse(wanted).rules[0],
    price: 9.4,
    previousPrice: null,
    level: 9.5,
    referencePrice: null,
    changePercent: null,
    firedAt: 1,
    pendingSince: null,
    resolvedAt: null,
    feedAt: null,
    receivedAt: null,
    storedAt: 2,
    updatedAt: 2,
    cooldownUntil: 3_600_001,
    suppressedCount: 0,
    firstSuppressedAt: null,
    lastSuppressedAt: null,
    push: "now",
    covers: 0,
    readAt: null,
    acknowledgedAt: null,
    snoozedUntil: null,
    archivedAt: null,
    title: "x reached the stop loss",
    body: "9.4",
  };

  it("is read back as it was written", () => {
    expect(alertNotification.parse(JSON.parse(JSON.stringify(fired)))).toEqual(fired);
  });

  it("of a silent feed, or of several at once, belongs to no rule", () => {
    const summary = { ...fired, kind: "summary", reason: "flood", rule: null, ruleId: null };
    expect(alertNotification.safeParse(summary).success).toBe(true);
  });

  it("is refused with a reason nobody knows", () => {
    expect(wrongField(alertNotification, { ...fired, reason: "hunch" })).toBe("reason");
  });
});
