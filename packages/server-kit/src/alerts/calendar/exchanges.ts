import { isNewYorkHoliday, isNewYorkShortDay } from "./new-york.js";
import { type SessionTimes, timesOf, type WrittenHours } from "./written-hours.js";

const sessions = (...all: [open: string, close: string][]): readonly SessionTimes[] =>
  all.map(([open, close]) => timesOf({ open, close }));

const NEW_YORK = sessions(["09:30", "16:00"]);
const NEW_YORK_SHORT = sessions(["09:30", "13:00"]);
const ALL_DAY = sessions(["00:00", "24:00"]);

const newYork: WrittenHours = {
  timeZone: "America/New_York",
  sessionsOn(date, weekday) {
    if (weekday > 5 || isNewYorkHoliday(date)) return [];
    return isNewYorkShortDay(date) ? NEW_YORK_SHORT : NEW_YORK;
  },
};

/** Monday to Friday. Days off follow moon and decree there: who needs them writes the hours out. */
const weekdays = (timeZone: string, all: readonly SessionTimes[]): WrittenHours => ({
  timeZone,
  sessionsOn: (_date, weekday) => (weekday > 5 ? [] : all),
});

const mainland = weekdays("Asia/Shanghai", sessions(["09:30", "11:30"], ["13:00", "15:00"]));

/** Exchanges by their market identifier code (ISO 10383); `CRYPTO` never closes. */
const exchanges: Readonly<Record<string, WrittenHours>> = {
  XNYS: newYork,
  XNAS: newYork,
  XSHG: mainland,
  XSHE: mainland,
  XHKG: weekdays("Asia/Hong_Kong", sessions(["09:30", "12:00"], ["13:00", "16:00"])),
  XTKS: weekdays("Asia/Tokyo", sessions(["09:00", "11:30"], ["12:30", "15:30"])),
  XLON: weekdays("Europe/London", sessions(["08:00", "16:30"])),
  CRYPTO: { timeZone: "UTC", sessionsOn: () => ALL_DAY },
};

/** The codes of the exchanges whose hours are known. Only New York's days off are. */
export const EXCHANGES: readonly string[] = Object.keys(exchanges);

/** The hours of an exchange; `undefined` when they are not known. */
export function exchangeHours(code: string): WrittenHours | undefined {
  return Object.hasOwn(exchanges, code) ? exchanges[code] : undefined;
}
