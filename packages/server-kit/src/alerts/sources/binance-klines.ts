import type { Candle } from "@tocsin/protocol/alerts";
import { z } from "zod";
import { type CandleQuery, limitOf } from "./candles.js";
import { FeedError } from "./feed-error.js";

/** What is needed of `fetch`. */
export type FeedFetch = (
  url: string,
  init: { readonly signal: AbortSignal },
) => Promise<Pick<Response, "ok" | "status" | "headers" | "json">>;

const price = z.string().transform(Number).pipe(z.number().positive());
const volume = z.string().transform(Number).pipe(z.number().nonnegative());

const klines = z.array(
  z
    .tuple([z.number(), price, price, price, price, volume], z.unknown())
    .transform(([at, open, high, low, close, traded]) => ({
      ...{ at, open, high, low, close },
      volume: traded,
    })),
);

/** Nobody waits longer for candles, milliseconds. */
const ANSWER_WITHIN_MS = 10_000;

/** Asks `/api/v3/klines`; its answers go from the oldest after `from`, or to the newest there is. */
export async function binanceKlines(
  fetch: FeedFetch,
  restUrl: string,
  symbol: string,
  query: CandleQuery,
): Promise<Candle[]> {
  const url = new URL("/api/v3/klines", restUrl);
  url.search = new URLSearchParams({
    symbol,
    interval: query.interval,
    limit: String(limitOf(query)),
    ...(query.from !== undefined && { startTime: String(query.from) }),
    ...(query.to !== undefined && { endTime: String(query.to) }),
  }).toString();
  const response = await fetch(url.href, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(
    (cause: unknown) => {
      throw new FeedError("binance", `did not answer: ${String(cause)}`, true);
    },
  );
  if (!response.ok) throw refusedBy(response.status, response.headers.get("retry-after"));
  const parsed = klines.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw new FeedError("binance", "answered klines in a way it does not document", false);
}

/** 429 is too many requests, 418 the ban for not heeding it; both say for how many seconds. */
function refusedBy(status: number, retryAfter: string | null): FeedError {
  const seconds = Number(retryAfter);
  const wait = retryAfter !== null && seconds >= 0 ? seconds * 1_000 : undefined;
  const retryable = status === 429 || status === 418 || status >= 500;
  return new FeedError("binance", `refused klines with status ${status}`, retryable, wait);
}
