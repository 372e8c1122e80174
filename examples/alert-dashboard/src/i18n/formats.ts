import type { Language } from "./language.js";

const LOCALES = { en: "en-US", zh: "zh-CN" } as const satisfies Record<Language, string>;

/** A minus sign as wide as a plus sign, so that tabular numerals stay aligned. */
const withMinus = (text: string) => text.replace("-", "−");

const SPANS = [
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
  { unit: "second", ms: 1_000 },
] as const;

/** The hours of trade of a market day, in seconds. The night does not count: market time skips it. */
const MARKET_DAY_S = 23_400;

/** How numbers, money and times look in a language. Market time is UTC, everything else the reader's own clock. */
export interface Formats {
  /** Two decimals, four below one. */
  price(value: number): string;
  /** With its sign. */
  change(value: number): string;
  /** With its sign and `%`; the value is in percent. */
  percent(value: number): string;
  money(value: number): string;
  /** Money with its sign. */
  gain(value: number): string;
  /** Short: `931.8M`. */
  volume(value: number): string;
  count(value: number): string;
  /** Up to four decimals, for Greeks and quantities. */
  decimal(value: number): string;
  /** Market time with its date. */
  marketTime(ms: number): string;
  /** Market time with the day of the week. */
  marketClock(ms: number): string;
  /** A day of the market. */
  day(ms: number): string;
  /** A time of day on the reader's clock. */
  clock(ms: number): string;
  /** Date and time on the reader's clock. */
  moment(ms: number): string;
  /** A span in the largest unit that divides it. */
  span(ms: number): string;
  /** A span rounded to its two largest units. */
  duration(ms: number): string;
  /** How much market time passes in a second: `1 h/s`; real time is `1×`. */
  speed(speed: number): string;
}

/** Makes the {@link Formats} of a language. */
export function createFormats(language: Language): Formats {
  const locale = LOCALES[language];
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  const fixed = (digits: number, options: Intl.NumberFormatOptions = {}) =>
    number({ minimumFractionDigits: digits, maximumFractionDigits: digits, ...options });
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);

  const two = fixed(2);
  const four = fixed(4);
  const signed = fixed(2, { signDisplay: "exceptZero" });
  const whole = fixed(0);
  const plain = number({ maximumFractionDigits: 4 });
  const compact = number({ notation: "compact", maximumFractionDigits: 1 });
  const usd = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" } as const;
  const money = fixed(2, usd);
  const gain = fixed(2, { ...usd, signDisplay: "exceptZero" });
  const marketTime = date({
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
    hour12: false,
  });
  const day = date({ dateStyle: "medium", timeZone: "UTC" });
  const weekday = date({ weekday: "short", timeZone: "UTC" });
  const clock = date({ timeStyle: "medium", hour12: false });
  const moment = date({ dateStyle: "medium", timeStyle: "short", hour12: false });
  const unit = (name: string, value: number) =>
    number({ style: "unit", unit: name, unitDisplay: "short" }).format(value);

  const marketTimeOf = (ms: number) => marketTime.format(ms);
  return {
    price: (value) => withMinus((Math.abs(value) < 1 && value !== 0 ? four : two).format(value)),
    change: (value) => withMinus(signed.format(value)),
    percent: (value) => `${withMinus(signed.format(value))}%`,
    money: (value) => withMinus(money.format(value)),
    gain: (value) => withMinus(gain.format(value)),
    volume: (value) => (value === 0 ? "–" : compact.format(value)),
    count: (value) => whole.format(value),
    decimal: (value) => withMinus(plain.format(value)),
    marketTime: marketTimeOf,
    marketClock: (ms) => `${weekday.format(ms)} ${marketTimeOf(ms)}`,
    day: (ms) => day.format(ms),
    clock: (ms) => clock.format(ms),
    moment: (ms) => moment.format(ms),
    span(ms) {
      const span = SPANS.find((candidate) => ms > 0 && ms % candidate.ms === 0);
      return span ? unit(span.unit, ms / span.ms) : unit("millisecond", ms);
    },
    duration(ms) {
      const rest = Math.max(0, Math.round(ms / 1_000)) * 1_000;
      const first = SPANS.findIndex((span) => rest >= span.ms);
      const large = SPANS[first];
      if (!large) return unit("second", 0);
      const small = SPANS[first + 1];
      const parts = [unit(large.unit, Math.floor(rest / large.ms))];
      const left = small ? Math.floor((rest % large.ms) / small.ms) : 0;
      if (small && left > 0) parts.push(unit(small.unit, left));
      return parts.join(" ");
    },
    speed(speed) {
      if (speed > 0 && speed % MARKET_DAY_S === 0)
        return unit("day-per-second", speed / MARKET_DAY_S);
      if (speed > 1 && speed % 3_600 === 0) return unit("hour-per-second", speed / 3_600);
      return `${plain.format(speed)}×`;
    },
  };
}
