import type { TradingHours } from "@tocsin/protocol/alerts";
import { DateTime, IANAZone } from "luxon";
import { InvalidTradingHoursError } from "../errors.js";
import type { TradingCalendar } from "../evaluator/evaluator.js";
import { exchangeHours } from "./exchanges.js";
import { type SessionTimes, type WrittenHours, writtenHours } from "./written-hours.js";

/** How many days without a session end a search: nothing trades then any more. */
const MOST_CLOSED_DAYS = 60;

const calendars = new Map<string, TradingCalendar>();

/**
 * The calendar of trading hours: in the time zone of the exchange, summer time included.
 *
 * @throws {@link InvalidTradingHoursError} for an exchange nobody knows or a time zone that does not exist.
 */
export function calendarOf(hours: TradingHours): TradingCalendar {
  const name = JSON.stringify(hours);
  const known = calendars.get(name);
  if (known) return known;
  const calendar = createCalendar(
    "exchange" in hours ? namedHours(hours.exchange) : writtenHours(hours),
  );
  calendars.set(name, calendar);
  return calendar;
}

function namedHours(code: string): WrittenHours {
  const hours = exchangeHours(code);
  if (hours === undefined) {
    throw new InvalidTradingHoursError(
      `hours.exchange: "${code}" is not known; write the hours out with timeZone and sessions`,
    );
  }
  return hours;
}

/** A session in milliseconds since 1970. */
interface Stretch {
  readonly open: number;
  readonly close: number;
}

function createCalendar({ timeZone, sessionsOn }: WrittenHours): TradingCalendar {
  const zone = IANAZone.create(timeZone);
  if (!zone.isValid) {
    throw new InvalidTradingHoursError(
      `hours.timeZone: "${timeZone}" does not exist; take an IANA name, as in Asia/Shanghai`,
    );
  }
  const days = new Map<string, readonly Stretch[]>();

  function stretchesOn(day: DateTime): readonly Stretch[] {
    const date = day.toISODate() ?? "";
    const known = days.get(date);
    if (known) return known;
    const stretches = sessionsOn(date, day.weekday).map(({ open, close }) => ({
      open: atTime(day, open),
      close: atTime(day, close),
    }));
    if (days.size > 1_000) days.clear();
    days.set(date, stretches);
    return stretches;
  }

  return {
    isOpen(at) {
      const day = DateTime.fromMillis(at, { zone }).startOf("day");
      return stretchesOn(day).some(({ open, close }) => open <= at && at < close);
    },
    after(from, tradingMs) {
      let left = tradingMs;
      let closed = 0;
      for (
        let day = DateTime.fromMillis(from, { zone }).startOf("day");
        ;
        day = day.plus({ days: 1 })
      ) {
        const stretches = stretchesOn(day);
        closed = stretches.length === 0 ? closed + 1 : 0;
        if (closed > MOST_CLOSED_DAYS) return Number.POSITIVE_INFINITY;
        for (const { open, close } of stretches) {
          const start = Math.max(open, from);
          if (start >= close) continue;
          if (left <= close - start) return start + left;
          left -= close - start;
        }
      }
    },
  };
}

/** A time of day on a day; `24:00` is the midnight that ends it. */
function atTime(day: DateTime, [hour, minute]: SessionTimes["open"]): number {
  return hour === 24
    ? day.plus({ days: 1 }).toMillis()
    : day.set({ hour, minute, second: 0, millisecond: 0 }).toMillis();
}
