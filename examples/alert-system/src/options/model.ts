import type { Greeks, OptionRow } from "@tocsin/protocol/alerts";
import { BlackScholes } from "@uqee/black-scholes";
import { type OptionName, optionName } from "./instrument.js";

/** What the model takes for granted about an underlying. */
export interface Smile {
  /** Volatility of an option at the money, a year. */
  readonly atTheMoney: number;
  /** How much more volatile lower strikes are. */
  readonly skew: number;
  /** How much more volatile both ends are. */
  readonly curve: number;
}

/** Interest the model takes for granted, a year. */
export const RATE = 0.02;

const YEAR_MS = 365 * 86_400_000;
const model = new BlackScholes({ sigmaToPricePrecision: "double" });

/**
 * The volatility of a strike: `atTheMoney - skew·m + curve·m²`, where `m` is the logarithm of strike over price,
 * divided by the root of the time left in years; from 5 to 200 %.
 */
export function volatilityOf(smile: Smile, moneyness: number): number {
  const volatility = smile.atTheMoney - smile.skew * moneyness + smile.curve * moneyness ** 2;
  return Math.min(Math.max(volatility, 0.05), 2);
}

/**
 * An option by Black and Scholes (European, no dividends). Computed and not traded, so there is neither bid nor
 * ask. Theta is per day, vega and rho are per percentage point.
 */
export function priced(option: OptionName, price: number, at: number, smile: Smile): OptionRow {
  const time = (option.expiry - at) / YEAR_MS;
  const moneyness = Math.log(option.strike / price) / Math.sqrt(time);
  const sigma = volatilityOf(smile, moneyness);
  const { strike, kind: type } = option;
  const found = model.option({ rate: RATE, sigma, strike, time, type, underlying: price });
  const greeks: Greeks = {
    delta: rounded(found.delta, 4),
    gamma: rounded(found.gamma, 6),
    theta: rounded(-found.theta / 365, 4), // the library counts time that is left, not time that passes
    vega: rounded(found.vega / 100, 4),
    rho: rounded(found.rho / 100, 4),
  };
  return {
    instrument: optionName(option),
    underlying: option.underlying,
    kind: option.kind,
    strike,
    expiry: option.expiry,
    bid: null,
    ask: null,
    mark: Math.max(0, rounded(found.price, 2)),
    markIv: rounded(sigma * 100, 2),
    underlyingPrice: price,
    greeks,
    at,
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0; // no -0
}
