/** How numbers and times look everywhere on the page. The locale is fixed so that columns line up for everybody. */
const LOCALE = "en-US";

const fixed = (digits: number, extra: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...extra,
  });

const two = fixed(2);
const four = fixed(4);
const signed = fixed(2, { signDisplay: "exceptZero" });
const whole = fixed(0);
const plain = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });

/** A minus sign as wide as a plus sign, so that tabular numerals stay aligned. */
const withMinus = (text: string) => text.replace("-", "−");

/** A price: two decimals, four below one. */
export function formatPrice(value: number): string {
  return withMinus((Math.abs(value) < 1 && value !== 0 ? four : two).format(value));
}

/** A difference in price, with its sign. */
export function formatChange(value: number): string {
  return withMinus(signed.format(value));
}

/** A difference in percent, with its sign. */
export function formatPercent(value: number): string {
  return `${withMinus(signed.format(value))}%`;
}

/** A volume, short: `931.8M`. */
export function formatVolume(value: number): string {
  return value === 0 ? "–" : compact.format(value);
}

/** A count, with thousands separated. */
function formatCount(value: number): string {
  return whole.format(value);
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** Market time, always UTC, in the order that sorts: `2008-09-15 14:32`. */
export function formatMarketTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** Market time with the day of the week, for the header. */
export function formatMarketClock(ms: number): string {
  return `${WEEKDAYS[new Date(ms).getUTCDay()]} ${formatMarketTime(ms)}`;
}

/** A time of day on the reader's own clock: `14:32:05`. */
export function formatClock(ms: number): string {
  return clock.format(ms);
}

const SPANS = [
  { unit: "d", ms: 86_400_000 },
  { unit: "h", ms: 3_600_000 },
  { unit: "min", ms: 60_000 },
  { unit: "s", ms: 1_000 },
] as const;

/** A span of time in its largest unit that divides it: `60 min` stays `1 h`, `90 min` stays `90 min`. */
export function formatSpan(ms: number): string {
  if (ms === 0) return "none";
  const span = SPANS.find((candidate) => ms % candidate.ms === 0);
  return span ? `${formatCount(ms / span.ms)} ${span.unit}` : `${formatCount(ms)} ms`;
}

/** The hours of trade of a market day, in seconds. The night does not count: market time skips it. */
const MARKET_DAY_S = 23_400;

/** How much market time passes in one second: `1 h/s`, `5 days/s`; real time is `1×`. */
export function formatSpeed(speed: number): string {
  if (speed > 0 && speed % MARKET_DAY_S === 0) {
    const days = speed / MARKET_DAY_S;
    return `${formatCount(days)} ${days === 1 ? "day" : "days"}/s`;
  }
  if (speed > 1 && speed % 3_600 === 0) return `${formatCount(speed / 3_600)} h/s`;
  return `${plain.format(speed)}×`;
}

/** Whole seconds until `at`, never below 0. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
