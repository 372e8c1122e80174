import type { TradingHours } from "@tocsin/protocol/alerts";

type TimeOfDay = readonly [hour: number, minute: number];

/** One session in the time of the exchange. */
export interface SessionTimes {
  readonly open: TimeOfDay;
  readonly close: TimeOfDay;
}

/** Trading hours, ready to be asked. */
export interface WrittenHours {
  readonly timeZone: string;
  /** The sessions of a day such as `2026-12-24`; 1 is Monday. */
  sessionsOn(date: string, weekday: number): readonly SessionTimes[];
}

type Written = Extract<TradingHours, { timeZone: string }>;

/** Reads hours that are written out. */
export function writtenHours({
  timeZone,
  days,
  sessions,
  holidays,
  shortDays,
}: Written): WrittenHours {
  const regular = sessions.map(timesOf);
  const off = new Set(holidays);
  const short = new Map(shortDays.map(({ day, sessions: all }) => [day, all.map(timesOf)]));
  return {
    timeZone,
    sessionsOn: (date, weekday) =>
      short.get(date) ?? (off.has(date) || !days.includes(weekday) ? [] : regular),
  };
}

/** Reads a session as it is written. */
export function timesOf({ open, close }: Written["sessions"][number]): SessionTimes {
  return { open: timeOf(open), close: timeOf(close) };
}

function timeOf(text: string): TimeOfDay {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return [hour, minute];
}
