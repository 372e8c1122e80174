import { describe, expect, it } from "vitest";
import { boardQuotes, indexQuotes, quote } from "./quotes.js";

describe.each([
  ["the index", indexQuotes(50), 200],
  ["the board", boardQuotes(), 560],
])("the quotes of %s", (_name, quotes, most) => {
  it("are quotes, of real data", () => {
    expect(quotes.length).toBeGreaterThan(150);
    expect(quotes.length).toBeLessThanOrEqual(most);
    for (const one of quotes) expect(quote.parse(one)).toEqual(one);
  });

  it("stay within their extremes", () => {
    expect(quotes.filter(({ price, high, low }) => price > high || price < low)).toEqual([]);
  });
});
