import { type NewMonitorInput, newMonitor, type TradingHours } from "@tocsin/protocol/alerts";
import type { AlertService } from "@tocsin/server-kit/alerts";
import type { Book } from "../context.js";
import { indexBars } from "../market/datasets.js";

/** Whose monitors they are: the user the dashboard signs in when it is not told another. */
const OWNER = "demo";

const HOUR_MS = 3_600_000;
/** No earlier one is played. */
const FIRST_DAY = Date.UTC(2008, 8, 1);
const DAY_MS = 86_400_000;

/** Levels the autumn of 2008 went through, and a made-up share that crosses its own again and again. */
const examples = (): readonly NewMonitorInput[] => [
  {
    symbol: "SPX",
    note: "Example: bought in September 2008",
    rules: [
      { kind: "take-profit", price: 1_310 },
      { kind: "stop-loss", price: 1_200 },
    ],
  },
  {
    symbol: "SPX",
    note: "Example: a place to come back in",
    rules: [{ kind: "entry-range", low: 880, high: 950 }],
  },
  {
    symbol: "SIM-A",
    note: "Example: repeats are counted, not told again",
    rules: [{ kind: "entry-range", low: 24.4, high: 24.6 }],
  },
  {
    symbol: "SPX",
    note: "Example: a day to remember",
    rules: [
      {
        kind: "percent-change",
        direction: "down",
        percent: 5,
        windowMs: DAY_MS,
        severity: "critical",
      },
      { kind: "range-breakout", direction: "low", windowMs: 90 * DAY_MS, cooldownMs: 20 * DAY_MS },
    ],
  },
  {
    symbol: "SIM-B",
    note: "Example: quiet again only when it has come back by half a percent",
    rules: [{ kind: "crossing", direction: "up", price: 60, hysteresis: 0.5 }],
  },
  {
    symbol: "SIM-D",
    note: "Example: an hour beyond a level, or much more trade than usual",
    rules: [
      { kind: "threshold", when: "below", price: 240, forMs: HOUR_MS, cooldownMs: 5 * DAY_MS },
      { kind: "volume-spike", factor: 3, bars: 20, barMs: HOUR_MS, severity: "info" },
    ],
  },
  {
    symbol: "SIM-E",
    note: "Example: trading halts now and then",
    rules: [
      { kind: "stale-feed", afterMs: HOUR_MS / 2, cooldownMs: 5 * DAY_MS, hours: dataHours() },
    ],
  },
];

/** When the recorded data has prices: silence at night, or on a holiday, is no halt. */
function dataHours(): TradingHours {
  const traded = new Set(indexBars().map(({ day }) => day));
  const holidays: string[] = [];
  for (let day = FIRST_DAY; day <= Math.max(...traded); day += DAY_MS) {
    const isWeekend = [0, 6].includes(new Date(day).getUTCDay());
    if (!isWeekend && !traded.has(day)) holidays.push(new Date(day).toISOString().slice(0, 10));
  }
  return {
    timeZone: "UTC",
    days: [1, 2, 3, 4, 5],
    sessions: [{ open: "14:30", close: "21:00" }],
    holidays,
    shortDays: [],
  };
}

/** Gives a server that has never run something to watch, so that its first visitor sees alerts. */
export async function addExampleMonitors(
  service: Pick<AlertService, "createMonitor" | "status">,
  book: Pick<Book, "lists">,
): Promise<void> {
  if (service.status().marketTime !== null) return; // it has run before, and its owner has had a say
  for (const example of examples()) {
    if (!book.lists(example.symbol)) continue;
    await service.createMonitor(OWNER, newMonitor.parse(example));
  }
}
