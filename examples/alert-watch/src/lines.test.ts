import { ConnectTimeoutError } from "@tocsin/client";
import type { Quote } from "@tocsin-example/alert-contract";
import { expect, test } from "vitest";
import { alertOf } from "../test/alert-of.js";
import { frameLines, type View } from "./frame.js";
import {
  alertLine,
  barLines,
  connectionText,
  priceLines,
  recoveryText,
  serviceText,
} from "./lines.js";
import { createPaint, widthOf } from "./paint.js";

const plain = createPaint(false);
const colored = createPaint(true);

const quote = (symbol: string, change = 0): Quote => ({
  symbol,
  name: `${symbol} Inc.`,
  price: 1_455.219971,
  change,
  changePercent: change / 10,
  open: 1_450,
  high: 1_460.5,
  low: 1_449,
  volume: 931_800_000,
  bid: null,
  ask: null,
  at: 0,
  stale: false,
  source: "replay",
});

const view = (change: Partial<View> = {}): View => ({
  title: "Tocsin",
  state: { status: "live", attempt: 0 },
  recovery: undefined,
  service: undefined,
  quotes: [quote("SPX", 3.5), quote("MSFT", -1)],
  candles: undefined,
  alerts: [alertOf(1), alertOf(2), alertOf(3)],
  ...change,
});

const size = { columns: 120, rows: 30 };

test("prices stand in columns with their signs and separated thousands", () => {
  const [head, row, other] = priceLines([quote("SPX", 3.5), quote("MSFT", -1)], plain, false);
  expect(row).toContain("1,455.22");
  expect(row).toContain("+3.50");
  expect(row).toContain("+0.35%");
  expect(row).toContain("931.8M");
  expect(other).toContain("-1.00");
  expect(head?.indexOf("Last")).toBe((row?.indexOf("1,455.22") ?? 0) + 4);
});

test("prices that are not live are dimmed, and no direction is coloured", () => {
  const [, row = ""] = priceLines([quote("SPX", 3.5)], colored, true);
  expect(row).toContain("\u001b[2m");
  expect(row).not.toContain("\u001b[32m");
});

test("an alert is one line, with its market time and the repeats that were held back", () => {
  expect(alertLine(alertOf(7, { suppressedCount: 4 }), plain)).toBe(
    "2008-09-15 14:32  take-profit     SPX reached 7  1,501.00  (+4)",
  );
});

test("an alert that is over says since when, and one without a price has none", () => {
  const over = alertOf(7, { state: "resolved", resolvedAt: Date.UTC(2008, 8, 15, 15, 1) });
  expect(alertLine(over, plain)).toMatch(/1,501\.00 {2}resolved 2008-09-15 15:01$/);
  const silent = alertOf(8, { kind: "no-data", price: null });
  expect(alertLine(silent, plain)).toBe("2008-09-15 14:32  no-data         SPX reached 8");
});

test("a symbol whose feed is silent says so in place of its source", () => {
  const [, row] = priceLines([{ ...quote("SPX"), stale: true }], plain, false);
  expect(row).toContain("silent");
  expect(row).not.toContain("replay");
});

test("bars stand below the prices, the last eight of them", () => {
  const bars = Array.from({ length: 10 }, (_, index) => ({
    time: String(Date.UTC(2008, 8, 15, 10 + index)),
    open: 1_450,
    high: 1_461,
    low: 1_449,
    close: 1_450 + index,
    volume: 1_200,
  }));
  const lines = frameLines(view({ candles: { name: "SPX, 1h", bars } }), plain, 0, size);
  const start = lines.indexOf("SPX, 1h");
  expect(lines.slice(start + 2, start + 10)).toEqual(barLines(bars, plain, false).slice(3));
  expect(lines[start + 9]).toMatch(
    /^2008-09-15 19:00 +1,450\.00 +1,461\.00 +1,449\.00 +1,459\.00 +1\.2K/,
  );
  expect(lines[start + 11]).toBe("Alerts");
});

test("a title cannot move the cursor or break the line", () => {
  const line = alertLine(alertOf(1, { title: "SPX\u001b[2J\nroot #" }), plain);
  expect(line).not.toContain("\u001b");
  expect(line).not.toContain("\n");
});

test("a lost connection counts down to its next attempt", () => {
  const error = new ConnectTimeoutError("no answer");
  expect(connectionText({ status: "waiting", attempt: 2, retryAt: 4_200, error }, 1_000)).toBe(
    "connection lost, attempt 2 in 4 s",
  );
});

test("a gap names what is lost; a first connection says nothing", () => {
  expect(recoveryText({ outcome: "gap", from: 4, to: 9, reason: "expired" })).toBe(
    "events 4 to 9 are lost (expired)",
  );
  expect(recoveryText({ outcome: "fresh" })).toBeUndefined();
});

test("the service is told with its market time and counts", () => {
  const status = {
    running: true,
    speed: 1,
    marketTime: Date.UTC(2008, 8, 15, 14, 32),
    ticks: 9,
    fired: 3,
    suppressed: 12,
    ended: false,
    range: null,
    stale: [],
  };
  const text = "2008-09-15 14:32 UTC · running · 3 fired, 12 suppressed";
  expect(serviceText(status)).toBe(text);
  expect(serviceText({ ...status, stale: ["SIM-E"] })).toBe(`${text} · silent: SIM-E`);
});

test("the newest alert stands first, and as many as fit below the prices", () => {
  const lines = frameLines(view(), plain, 0, { ...size, rows: 10 });
  expect(lines).toHaveLength(10);
  expect(lines.at(-2)).toContain("SPX reached 3");
  expect(lines.at(-1)).toContain("SPX reached 2");
});

test("no line is wider than the terminal, coloured or not", () => {
  for (const paint of [plain, colored]) {
    const lines = frameLines(view(), paint, 0, { columns: 40, rows: 20 });
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(40);
  }
});

test("while the connection is down nothing looks live", () => {
  const error = new ConnectTimeoutError("no answer");
  const state = { status: "waiting", attempt: 1, retryAt: 0, error } as const;
  const recovery = { outcome: "nothing-missed" } as const;
  const [top] = frameLines(view({ state, recovery }), plain, 0, size);
  expect(top).toContain("connection lost");
  expect(top).not.toContain("nothing missed");
});

test("a very small terminal gets what fits", () => {
  expect(frameLines(view(), plain, 0, { columns: 20, rows: 3 })).toHaveLength(3);
});
