import { describe, expect, it } from "vitest";
import {
  ALERT_KINDS,
  alertNotification,
  alertRule,
  DEFAULT_COOLDOWN_MS,
  monitorChange,
  newMonitor,
  tick,
} from "./index.js";

const stop = { kind: "stop-loss", price: 9.5 };
const wanted = { symbol: " 600519 ", rules: [stop] };

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
      rules: [{ ...stop, side: "long" }],
      cooldownMs: DEFAULT_COOLDOWN_MS,
    });
    expect(DEFAULT_COOLDOWN_MS).toBe(60 * 60 * 1_000);
  });

  it("takes no field that is not the user's to set (A40)", () => {
    const claimed = { ...wanted, userId: "somebody else", id: "1", version: 9, ["__proto__"]: {} };
    expect(Object.keys(newMonitor.parse(claimed)).sort()).toEqual(
      ["cooldownMs", "enabled", "note", "rules", "symbol"].sort(),
    );
  });

  it.each([
    ["no symbol", { rules: [stop] }, "symbol"],
    ["a blank symbol", { symbol: "  ", rules: [stop] }, "symbol"],
    ["a symbol that is too long", { symbol: "x".repeat(33), rules: [stop] }, "symbol"],
    ["no rule", { symbol: "x", rules: [] }, "rules"],
    ["two rules of one kind", { symbol: "x", rules: [stop, { ...stop, price: 8 }] }, "rules"],
    ["a kind nobody knows", { symbol: "x", rules: [{ kind: "hunch" }] }, "rules.0.kind"],
    ["a price of 0", { symbol: "x", rules: [{ ...stop, price: 0 }] }, "rules.0.price"],
    [
      "a price that is none",
      { symbol: "x", rules: [{ ...stop, price: Number.NaN }] },
      "rules.0.price",
    ],
    ["a negative cooldown", { ...wanted, cooldownMs: -1 }, "cooldownMs"],
    ["a cooldown above 30 days", { ...wanted, cooldownMs: 2_592_000_001 }, "cooldownMs"],
  ])("is refused for %s, naming the field", (_name, value, field) => {
    expect(wrongField(newMonitor, value)).toBe(field);
  });
});

describe("a rule", () => {
  it("is one of the three kinds", () => {
    expect(ALERT_KINDS).toEqual(["entry-range", "take-profit", "stop-loss"]);
  });

  it.each([
    [{ kind: "entry-range", low: 10, high: 10 }],
    [{ kind: "entry-range", low: 11, high: 10 }],
  ])("of an entry range needs a range: %j", (rule) => {
    expect(wrongField(alertRule, rule)).toBe("high");
  });

  it("of a short position says so", () => {
    expect(alertRule.parse({ ...stop, side: "short" })).toMatchObject({ side: "short" });
    expect(wrongField(alertRule, { ...stop, side: "flat" })).toBe("side");
  });
});

describe("a change of a monitor", () => {
  it("changes what it names and nothing else: no default slips in", () => {
    expect(monitorChange.parse({ enabled: false })).toEqual({ enabled: false });
    expect(monitorChange.parse({ cooldownMs: 0, symbol: "other" })).toEqual({ cooldownMs: 0 });
  });

  it("names something", () => {
    expect(monitorChange.safeParse({}).error?.issues[0]?.message).toMatch(/name at least one of/);
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
    userId: "u",
    monitorId: "m",
    monitorVersion: 1,
    symbol: "x",
    reason: "stop-loss",
    rule: { ...stop, side: "long" },
    price: 9.4,
    previousPrice: null,
    level: 9.5,
    firedAt: 1,
    storedAt: 2,
    cooldownUntil: 3_600_001,
    suppressedCount: 0,
    lastSuppressedAt: null,
    title: "x reached the stop loss",
    body: "9.4",
  };

  it("is read back as it was written", () => {
    expect(alertNotification.parse(JSON.parse(JSON.stringify(fired)))).toEqual(fired);
  });

  it("is refused with a reason nobody knows", () => {
    expect(wrongField(alertNotification, { ...fired, reason: "hunch" })).toBe("reason");
  });
});
