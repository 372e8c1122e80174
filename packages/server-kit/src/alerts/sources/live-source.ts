import type { Tick } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../../clock.js";
import { type Logger, silentLogger } from "../../logger.js";
import { SourceError } from "../errors.js";
import { backoffMs, FEED_BACKOFF, type FeedBackoff } from "./backoff.js";
import { FeedError } from "./feed-error.js";
import { defaultFeedSocket, type FeedSocketConstructor } from "./feed-socket.js";
import { createFreshness, type StalenessOptions } from "./freshness.js";
import { createLastPrices } from "./last-prices.js";
import { createLink } from "./link.js";
import { createRequests, type Outcome } from "./requests.js";
import { createRoster } from "./roster.js";
import type { MarketDataSource, SourceHealth } from "./source.js";
import type { Venue, VenueEvent, VenuePrice } from "./venue.js";

/** Settings that every live source has. */
export interface LiveOptions extends StalenessOptions {
  /** Where the venue is. Default: its public address. */
  readonly url?: string;
  /** Symbols watched from the beginning, as by `watch`. */
  readonly symbols?: readonly string[];
  /** Makes sockets. Default: `ws`. */
  readonly WebSocket?: FeedSocketConstructor;
  /** A connection that says nothing for this long is given up, milliseconds. */
  readonly silenceMs?: number;
  /** How long to wait before dialling again. Default: 500 ms doubling to 30 s, with full jitter. */
  readonly backoff?: FeedBackoff;
  readonly clock?: Clock;
  /** A number in [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
  readonly logger?: Logger;
}

/** Whether a live source does its work. Counts go on over reconnects. */
export interface LiveHealth extends SourceHealth {
  readonly stale: readonly string[];
  readonly connected: boolean;
  /** How often the connection was opened again. */
  readonly reconnects: number;
  /** Frames of a kind that is not known here. */
  readonly unknown: number;
  /** Frames that are not what the venue documents. */
  readonly malformed: number;
  /** Requests the venue turned down, or left without an answer. */
  readonly refused: number;
}

/** A {@link MarketDataSource} fed by a venue over a socket. */
export interface LiveSource extends MarketDataSource {
  health(): LiveHealth;
  watch(symbols: readonly string[]): void;
  unwatch(symbols: readonly string[]): void;
  quotes(symbols: readonly string[]): readonly Tick[];
}

/** A live source and what its venue needs to add to it. */
export interface LiveParts {
  readonly source: LiveSource;
  /** Sends a request of the venue's own; resolves with its result. */
  call(text: (id: number) => string): Promise<unknown>;
  /** The last price of a symbol, with what a tick has no room for. */
  known(symbol: string): VenuePrice | undefined;
}

const STALE_AFTER_MS = 60_000;
const CHECK_MS = 5_000;
const ANSWER_WITHIN_MS = 10_000;
const TOO_FAST: FeedBackoff = { baseMs: 2_000, maxMs: 30_000 };

/** What all venues have in common: one connection, symbols asked for again on each, silence noticed. */
export function createLiveSource(
  venue: Venue,
  url: string,
  silenceMs: number,
  options: LiveOptions,
): LiveParts {
  const { clock = systemClock, random = Math.random, logger = silentLogger } = options;
  const listeners = new Set<(tick: Tick) => void>();
  const last = createLastPrices(venue.name);
  const freshness = createFreshness(options, STALE_AFTER_MS);
  const requests = createRequests(venue.name, clock, ANSWER_WITHIN_MS);
  const counts = { unknown: 0, malformed: 0, refused: 0 };
  let running = false;
  let lastTickAt: number | null = null;
  let tooFast = 0;
  let cancelCheck: () => void = () => {};

  const roster = createRoster({
    clock,
    paceMs: venue.paceMs,
    batch: venue.batch,
    most: venue.most,
    possible: venue.possible,
    ask(verb, symbols) {
      const id = requests.open((outcome) => {
        if (verb === "subscribe" && link.open) answered(symbols, outcome);
      });
      link.send(venue.request(verb, symbols, id));
    },
  });

  const link = createLink({
    url: checkedUrl(options.url ?? url),
    WebSocket: options.WebSocket ?? defaultFeedSocket,
    clock,
    random,
    backoff: options.backoff ?? FEED_BACKOFF,
    silenceMs: options.silenceMs ?? silenceMs,
    maxAgeMs: venue.maxAgeMs,
    logger,
    opened() {
      if (venue.greeting) link.send(venue.greeting(requests.open(() => {})));
      roster.opened();
    },
    received: (text) => take(text === undefined ? { type: "malformed" } : venue.read(text)),
    lost() {
      roster.lost();
      requests.fail();
    },
  });

  function answered(symbols: readonly string[], outcome: Outcome): void {
    if (outcome.ok) {
      tooFast = 0;
      const missing = venue.leftOut?.(symbols, outcome.result) ?? [];
      if (missing.length > 0) warn(missing, "the venue does not have these symbols");
      for (const symbol of missing) roster.refused([symbol]);
      return;
    }
    counts.refused += 1;
    warn(symbols, outcome.error.message);
    if (!outcome.error.retryable) return roster.refused(symbols);
    const wait = venue.paceMs + backoffMs(tooFast, TOO_FAST, random());
    tooFast += 1;
    roster.later(symbols, wait);
  }

  function warn(symbols: readonly string[], why: string): void {
    logger.warn({ venue: venue.name, symbols, why }, "symbols were not subscribed");
  }

  function take(event: VenueEvent): void {
    switch (event.type) {
      case "price":
        return price(event, event.at);
      case "quote":
        return last.tick(event.symbol) ? refresh(event) : price(event, event.feedAt);
      case "reply":
        if (!requests.settle(event.id, { ok: true, result: event.result })) counts.unknown += 1;
        return;
      case "refusal": {
        const error = new FeedError(venue.name, event.message, event.tooFast);
        const settled = event.id !== undefined && requests.settle(event.id, { ok: false, error });
        if (!settled) counts.refused += 1;
        return;
      }
      case "probe":
        if (venue.alive) link.send(venue.alive(requests.open(() => {})));
        return;
      case "goodbye":
        return link.redial("is about to be closed by the venue");
      case "nothing":
        return;
      case "unknown":
      case "malformed":
        counts[event.type] += 1;
        return;
      default:
        event satisfies never;
    }
  }

  function price(told: VenuePrice, marketAt: number): void {
    if (!running || !roster.has(told.symbol)) return;
    const now = clock.now();
    const tick = last.take(told, marketAt, now);
    lastTickAt = now;
    vouch(told, now);
    for (const listener of listeners) listener(tick);
  }

  function refresh(told: VenuePrice): void {
    if (!running || !roster.has(told.symbol)) return;
    const now = clock.now();
    last.refresh(told, now);
    vouch(told, now);
  }

  function vouch({ symbol, feedAt }: VenuePrice, now: number): void {
    freshness.seen(symbol, feedAt, now);
    link.worked();
  }

  /** A venue that answers pings while all its prices stand still has lost us; another connection may find us. */
  function check(): void {
    cancelCheck = clock.after(CHECK_MS, check);
    const asked = roster.asked();
    if (!link.open || asked.length === 0) return;
    const now = clock.now();
    if (asked.every((symbol) => freshness.isStale(symbol, now, link.openedAt))) {
      link.redial("has no price for any symbol");
    }
  }

  const source: LiveSource = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      if (running) return;
      running = true;
      freshness.expectAll(clock.now());
      link.start();
      cancelCheck = clock.after(CHECK_MS, check);
    },
    stop() {
      running = false;
      cancelCheck();
      link.stop();
    },
    watch(symbols) {
      const added = roster.add(symbols);
      for (const symbol of added) freshness.expect(symbol, clock.now());
      const impossible = added.filter((symbol) => !venue.possible(symbol));
      if (impossible.length > 0) warn(impossible, "the venue cannot have such a symbol");
      if (roster.size > venue.most) {
        warn([], `one connection carries ${venue.most} symbols, ${roster.size} are watched`);
      }
    },
    unwatch(symbols) {
      for (const symbol of roster.remove(symbols)) {
        freshness.forget(symbol);
        last.forget(symbol);
      }
    },
    quotes: (symbols) => symbols.flatMap((symbol) => last.tick(symbol) ?? []),
    health: () => ({
      running,
      lastTickAt,
      stale: running ? freshness.stale(clock.now()) : [],
      connected: link.open,
      reconnects: link.reconnects,
      ...counts,
    }),
  };
  if (options.symbols) source.watch(options.symbols);

  return {
    source,
    known: last.told,
    call: (text) =>
      new Promise((resolve, reject) => {
        if (!link.open) return reject(new FeedError(venue.name, "is not connected", true));
        link.send(
          text(
            requests.open((outcome) => {
              if (outcome.ok) resolve(outcome.result);
              else reject(outcome.error);
            }),
          ),
        );
      }),
  };
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^wss?:/.test(url)) return url;
  throw new SourceError("url", `must be an address like wss://host/path, not ${url}`);
}
