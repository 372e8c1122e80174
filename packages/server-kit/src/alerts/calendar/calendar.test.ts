import { tradingHours } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import { calendarOf } from "./calendar.js";
import { EXCHANGES } from "./exchanges.js";
import { isNewYorkHoliday, isNewYorkShortDay } from "./new-york.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const utc = (text: string) => Date.parse(`${text}Z`);

describe("New York's days off", () => {
  // Published by the exchange for these years.
  it.each([
    [2000, "01-17 02-21 04-21 05-29 07-04 09-04 11-23 12-25"],
    [2021, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24"],
    [2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26"],
    [2024, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25"],
    [2026, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25"],
  ])("of %i are %s", (year, days) => {
    const found: string[] = [];
    for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += 24 * HOUR) {
      const date = new Date(at).toISOString().slice(0, 10);
      if (isNewYorkHoliday(date)) found.push(date.slice(5));
    }
    expect(found.join(" ")).toBe(days);
  });

  it("are shortened after Thanksgiving and before Christmas, where these are trading days", () => {
    expect(isNewYorkShortDay("2024-11-29")).toBe(true);
    expect(isNewYorkShortDay("2024-12-24")).toBe(true);
    expect(isNewYorkShortDay("2026-07-03")).toBe(false); // a holiday that year
  });
});

describe("a calendar", () => {
  const newYork = calendarOf({ exchange: "XNYS" });

  it("follows summer time", () => {
    expect(newYork.isOpen(utc("2026-01-12T14:29:59.999"))).toBe(false);
    expect(newYork.isOpen(utc("2026-01-12T14:30:00"))).toBe(true);
    expect(newYork.isOpen(utc("2026-07-13T13:30:00"))).toBe(true);
    expect(newYork.isOpen(utc("2026-07-13T20:00:00"))).toBe(false);
  });

  it("closes at lunch where the exchange does", () => {
    const shanghai = calendarOf({ exchange: "XSHG" });
    expect(shanghai.isOpen(utc("2026-01-12T03:29:00"))).toBe(true);
    expect(shanghai.isOpen(utc("2026-01-12T03:30:00"))).toBe(false);
    expect(shanghai.isOpen(utc("2026-01-12T05:00:00"))).toBe(true);
    expect(shanghai.isOpen(utc("2026-01-11T03:00:00"))).toBe(false); // a Sunday
  });

  it("counts trading time over nights, weekends and holidays", () => {
    const friday = utc("2026-01-16T20:30:00");
    expect(newYork.after(friday, 30 * MINUTE)).toBe(utc("2026-01-16T21:00:00"));
    expect(newYork.after(friday, HOUR)).toBe(utc("2026-01-20T15:00:00")); // Monday is a holiday
    expect(newYork.after(utc("2026-01-17T00:00:00"), 0)).toBe(utc("2026-01-20T14:30:00"));
  });

  it("takes hours that are written out, with days off and short days", () => {
    const calendar = calendarOf(
      tradingHours.parse({
        timeZone: "Asia/Shanghai",
        sessions: [{ open: "09:30", close: "15:00" }],
        holidays: ["2026-02-17"],
        shortDays: [{ day: "2026-02-16", sessions: [{ open: "09:30", close: "11:30" }] }],
      }),
    );
    expect(calendar.isOpen(utc("2026-02-16T02:00:00"))).toBe(true);
    expect(calendar.isOpen(utc("2026-02-16T05:00:00"))).toBe(false);
    expect(calendar.isOpen(utc("2026-02-17T02:00:00"))).toBe(false);
  });

  it("never ends where nothing trades", () => {
    const never = calendarOf(
      tradingHours.parse({
        timeZone: "UTC",
        days: [1],
        sessions: [{ open: "09:00", close: "10:00" }],
        shortDays: Array.from({ length: 20 }, (_, week) => ({
          day: new Date(Date.UTC(2026, 0, 5 + 7 * week)).toISOString().slice(0, 10),
          sessions: [],
        })),
      }),
    );
    expect(never.after(utc("2026-01-01T00:00:00"), 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(EXCHANGES)("of %s opens within ten days", (exchange) => {
    expect(calendarOf({ exchange }).after(utc("2026-06-01T00:00:00"), 1)).toBeLessThan(
      utc("2026-06-11T00:00:00"),
    );
  });

  it("names what it does not know", () => {
    expect(() => calendarOf({ exchange: "XMOON" })).toThrow(/hours.exchange: "XMOON"/);
    expect(() =>
      calendarOf(
        tradingHours.parse({
          timeZone: "Mars/Olympus",
          sessions: [{ open: "09:00", close: "10:00" }],
        }),
      ),
    ).toThrow(/hours.timeZone: "Mars\/Olympus"/);
  });
});
