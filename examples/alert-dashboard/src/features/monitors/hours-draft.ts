import type { TradingHours } from "@tocsin/protocol/alerts";

/** Exchanges the server knows the hours of. */
export const EXCHANGES = ["XNYS", "XNAS", "XCHA", "XLON", "XSHG", "XSHE", "XHKG", "XTKS"] as const;

/** Trading hours as they stand in the form. */
export interface HoursDraft {
  readonly mode: "always" | "exchange" | "custom";
  readonly exchange: string;
  readonly timeZone: string;
  /** 1 is Monday, 7 is Sunday; as text, as chips have it. */
  readonly days: readonly string[];
  /** `09:30-11:30, 13:00-15:00` */
  readonly sessions: string;
  /** `2026-12-25, 2026-12-26` */
  readonly holidays: string;
  /** Shortened days have no field; those of a rule that is changed are kept. */
  readonly shortDays: Extract<TradingHours, { timeZone: string }>["shortDays"];
}

export const EMPTY_HOURS: HoursDraft = {
  mode: "always",
  exchange: "XNYS",
  timeZone: "America/New_York",
  days: ["1", "2", "3", "4", "5"],
  sessions: "09:30-16:00",
  holidays: "",
  shortDays: [],
};

export function hoursDraft(hours: TradingHours | null): HoursDraft {
  if (hours === null) return EMPTY_HOURS;
  if ("exchange" in hours) return { ...EMPTY_HOURS, mode: "exchange", exchange: hours.exchange };
  return {
    ...EMPTY_HOURS,
    mode: "custom",
    timeZone: hours.timeZone,
    days: hours.days.map(String),
    sessions: hours.sessions.map(({ open, close }) => `${open}-${close}`).join(", "),
    holidays: hours.holidays.join(", "),
    shortDays: hours.shortDays,
  };
}

/** What is asked for, to be checked by the schema. */
export function readHours(draft: HoursDraft): object | null {
  switch (draft.mode) {
    case "always":
      return null;
    case "exchange":
      return { exchange: draft.exchange.trim() };
    case "custom":
      return {
        timeZone: draft.timeZone.trim(),
        days: draft.days.map(Number).sort(),
        sessions: listOf(draft.sessions).map((session) => {
          const [open = "", close = ""] = session.split(/\s*[-–]\s*/);
          return { open, close };
        }),
        holidays: listOf(draft.holidays),
        shortDays: draft.shortDays,
      };
    default:
      return draft.mode satisfies never;
  }
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}
