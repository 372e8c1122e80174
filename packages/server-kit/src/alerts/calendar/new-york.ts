import { DateTime } from "luxon";

/**
 * Days on which the New York exchanges are closed, by their rules: holidays on a Saturday are kept on the Friday
 * before (New Year's Day is not), on a Sunday on the Monday after. Days of mourning and storms are not rules and
 * are not here.
 */
export function isNewYorkHoliday(date: string): boolean {
  return holidaysOf(Number(date.slice(0, 4))).has(date);
}

/** Days that end at 13:00: the day after Thanksgiving, and the eves of Independence Day and Christmas. */
export function isNewYorkShortDay(date: string): boolean {
  const year = Number(date.slice(0, 4));
  if (isNewYorkHoliday(date)) return false;
  const afterThanksgiving = nth(year, 11, 4, 4).plus({ days: 1 }).toISODate();
  return date === afterThanksgiving || date === `${year}-07-03` || date === `${year}-12-24`;
}

const years = new Map<number, ReadonlySet<string>>();

function holidaysOf(year: number): ReadonlySet<string> {
  const known = years.get(year);
  if (known) return known;
  const days = [
    newYearsDay(year),
    ...(year >= 1998 ? [nth(year, 1, 1, 3)] : []), // Martin Luther King Jr.
    nth(year, 2, 1, 3), // Washington's birthday
    goodFriday(year),
    lastMondayOfMay(year),
    ...(year >= 2022 ? [observed(on(year, 6, 19))] : []), // Juneteenth
    observed(on(year, 7, 4)),
    nth(year, 9, 1, 1), // Labor Day
    nth(year, 11, 4, 4), // Thanksgiving
    observed(on(year, 12, 25)),
  ];
  const dates = new Set(days.flatMap((day) => day?.toISODate() ?? []));
  years.set(year, dates);
  return dates;
}

const on = (year: number, month: number, day: number) => DateTime.utc(year, month, day);

/** The nth of a weekday in a month; 1 is Monday. */
function nth(year: number, month: number, weekday: number, count: number): DateTime {
  const first = on(year, month, 1);
  return first.plus({ days: ((weekday - first.weekday + 7) % 7) + 7 * (count - 1) });
}

function lastMondayOfMay(year: number): DateTime {
  const last = on(year, 5, 31);
  return last.minus({ days: last.weekday - 1 });
}

function observed(day: DateTime): DateTime {
  if (day.weekday === 6) return day.minus({ days: 1 });
  return day.weekday === 7 ? day.plus({ days: 1 }) : day;
}

function newYearsDay(year: number): DateTime | undefined {
  const day = on(year, 1, 1);
  return day.weekday === 6 ? undefined : observed(day);
}

/** Easter Sunday less two days, by the anonymous Gregorian algorithm (Meeus, "Astronomical Algorithms"). */
function goodFriday(year: number): DateTime {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return on(year, month, day).minus({ days: 2 });
}
