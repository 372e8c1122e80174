import { DateTime } from "luxon";

/** What the name of an option says. */
export interface OptionName {
  readonly underlying: string;
  /** The close of trade on its last day, milliseconds since 1970. */
  readonly expiry: number;
  readonly strike: number;
  readonly kind: "call" | "put";
}

/** When options expire on their day, hours after midnight UTC: the close of the recorded sessions. */
const EXPIRY_HOUR = 21;
/** An option this close to its end is not listed any more, milliseconds. */
const SHORTEST_MS = 86_400_000;

const NAME = /^([A-Z][A-Z-]*[A-Z])-(\d{1,2}[A-Z]{3}\d{2})-(\d+(?:\.\d+)?)-([CP])$/;

/** Writes the name of an option: `SPX-19SEP08-1300-C`. */
export function optionName({ underlying, expiry, strike, kind }: OptionName): string {
  const day = DateTime.fromMillis(expiry, { zone: "utc", locale: "en-US" }).toFormat("dMMMyy");
  return `${underlying}-${day.toUpperCase()}-${strike}-${kind === "call" ? "C" : "P"}`;
}

/** Reads the name of an option; `undefined` when it is none. */
export function readOptionName(name: string): OptionName | undefined {
  const [, underlying, day, strike, letter] = NAME.exec(name) ?? [];
  if (underlying === undefined || day === undefined) return undefined;
  const date = DateTime.fromFormat(day, "dMMMyy", { zone: "utc", locale: "en-US" });
  const price = Number(strike);
  if (!date.isValid || !(price > 0)) return undefined;
  const expiry = date.set({ hour: EXPIRY_HOUR }).toMillis();
  const read = {
    underlying,
    expiry,
    strike: price,
    kind: letter === "C" ? "call" : "put",
  } as const;
  return optionName(read) === name ? read : undefined; // one name for one option
}

/** The next third Fridays of a month, as the exchanges have it. */
export function nextExpiries(at: number, count: number): readonly number[] {
  const expiries: number[] = [];
  for (
    let month = DateTime.fromMillis(at, { zone: "utc" }).startOf("month");
    expiries.length < count;
    month = month.plus({ months: 1 })
  ) {
    const friday = 1 + ((5 - month.weekday + 7) % 7);
    const expiry = month.set({ day: friday + 14, hour: EXPIRY_HOUR }).toMillis();
    if (expiry > at + SHORTEST_MS) expiries.push(expiry);
  }
  return expiries;
}
