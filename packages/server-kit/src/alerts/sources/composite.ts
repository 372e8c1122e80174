import type { Tick } from "@tocsin/protocol/alerts";
import { type Clock, systemClock } from "../../clock.js";
import { type Logger, silentLogger } from "../../logger.js";
import { FeedError } from "./feed-error.js";
import { createFreshness, type StalenessOptions } from "./freshness.js";
import { arrived, type Route, type Routed, reconsider, routed } from "./routes.js";
import type { MarketDataSource, SourceHealth } from "./source.js";

/** Settings of {@link compositeSource}. */
export interface CompositeOptions<Name extends string> extends StalenessOptions {
  /** The sources by name, in the order of preference. The composite starts and stops them. */
  readonly sources: Readonly<Record<Name, MarketDataSource>>;
  /**
   * Where each symbol may come from, in the order of preference, and what it is called there. Default: from all
   * sources, by the same name.
   */
  readonly routes?:
    | Readonly<Record<string, readonly Route<NoInfer<Name>>[]>>
    | ((symbol: string) => readonly Route<NoInfer<Name>>[]);
  /** Symbols watched from the beginning, as by `watch`. */
  readonly symbols?: readonly string[];
  /** How long a preferred source must have had prices before a symbol returns to it. Default 30,000. */
  readonly healthyForMs?: number;
  /** Told of every change of source. */
  readonly onFailover?: (failover: Failover<NoInfer<Name>>) => void;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A symbol that changed its source. */
export interface Failover<Name extends string = string> {
  readonly symbol: string;
  readonly from: Name;
  readonly to: Name;
  /** The one had no prices any more, or the other has had them again for a while. */
  readonly reason: "stale" | "recovered";
  /** Milliseconds since 1970 on the server's clock. */
  readonly at: number;
}

/** Whether a composite source does its work. */
export interface CompositeHealth<Name extends string = string> extends SourceHealth {
  /** Symbols that no source has a price for. */
  readonly stale: readonly string[];
  /** Where each watched symbol comes from. */
  readonly active: Readonly<Record<string, Name>>;
  /** How often a symbol changed its source. */
  readonly failovers: number;
  /** Ticks not handed out, because a newer one of their symbol had been. */
  readonly dropped: number;
  readonly sources: Readonly<Record<Name, SourceHealth>>;
}

/** Several sources as one. */
export interface CompositeSource<Name extends string = string> extends MarketDataSource {
  health(): CompositeHealth<Name>;
  watch(symbols: readonly string[]): void;
  unwatch(symbols: readonly string[]): void;
  quotes(symbols: readonly string[]): readonly Tick[];
}

const CHECK_MS = 1_000;
const STALE_AFTER_MS = 15_000;
const HEALTHY_FOR_MS = 30_000;

/**
 * Several sources as one. Each symbol comes from the first of its sources that has prices; all of them are
 * listened to, so that the next is known to work before it is needed. `staleAfterMs` is 15,000 by default. It
 * has candles and chains where one of the sources has.
 */
export function compositeSource<const Name extends string>(
  options: CompositeOptions<Name>,
): CompositeSource<Name> {
  const { sources, healthyForMs = HEALTHY_FOR_MS, onFailover } = options;
  const { clock = systemClock, logger = silentLogger } = options;
  const names = Object.keys(sources) as Name[];
  const members = names.map((name) => [name, sources[name]] as const);
  const listeners = new Set<(tick: Tick) => void>();
  const wanted = new Map<string, number>();
  const watched = new Map<string, Routed<Name>>();
  /** Who follows a symbol of a source; lists are replaced, never changed, as a listener may unwatch. */
  const followers = new Map<string, readonly { one: Routed<Name>; index: number }[]>();
  const handedOut = createFreshness(options, STALE_AFTER_MS);
  let running = false;
  let lastTickAt: number | null = null;
  let failovers = 0;
  let dropped = 0;
  let leave: (() => void)[] = [];
  let cancelCheck: () => void = () => {};

  function routesOf(symbol: string): readonly Route<Name>[] {
    const { routes } = options;
    if (typeof routes === "function") return routes(symbol);
    if (routes) return Object.hasOwn(routes, symbol) ? (routes[symbol] ?? []) : [];
    return names.map((source) => ({ source, symbol }));
  }

  function receive(name: Name, tick: Tick): void {
    const now = clock.now();
    for (const { one, index } of followers.get(keyOf(name, tick.symbol)) ?? []) {
      const outcome = arrived(one, index, tick, now);
      if (outcome === "too-old") dropped += 1;
      else if (outcome !== "standby") handOut(one, outcome, now);
    }
  }

  function handOut(one: Routed<Name>, tick: Tick, now: number): void {
    one.last = tick;
    lastTickAt = now;
    handedOut.seen(one.symbol, tick.feedAt ?? now, now);
    for (const listener of listeners) listener(tick);
  }

  function check(): void {
    cancelCheck = clock.after(CHECK_MS, check);
    const now = clock.now();
    for (const one of watched.values()) {
      const change = reconsider(one, healthyForMs, now);
      const from = one.routes[one.active];
      const to = one.routes[change?.to ?? -1];
      if (!change || !from || !to) continue;
      one.active = change.to;
      failovers += 1;
      const { symbol } = one;
      const { reason } = change;
      const failover = { symbol, from: from.source, to: to.source, reason, at: now };
      logger.warn(failover, "a symbol comes from another source");
      onFailover?.(failover);
      // It has been listened to all along, so what it said last holds now.
      const { latest } = to;
      if (latest && latest.at >= (one.last?.at ?? latest.at)) handOut(one, latest, now);
    }
  }

  async function firstAnswer<Result>(
    what: string,
    attempts: readonly (() => Promise<Result> | undefined)[],
  ): Promise<Result> {
    let failure: unknown = new FeedError("composite", `no source has ${what}`, false);
    for (const attempt of attempts) {
      try {
        const answer = attempt();
        if (answer) return await answer;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  const source: CompositeSource<Name> = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      if (running) return;
      running = true;
      const now = clock.now();
      handedOut.expectAll(now);
      for (const { routes } of watched.values()) {
        for (const { freshness } of routes) freshness.expectAll(now);
      }
      leave = members.map(([name, one]) => one.subscribe((tick) => receive(name, tick)));
      for (const [, one] of members) one.start();
      cancelCheck = clock.after(CHECK_MS, check);
    },
    stop() {
      if (!running) return;
      for (const [, one] of members) one.stop(); // may hand out what is due
      running = false;
      cancelCheck();
      for (const unsubscribe of leave) unsubscribe();
    },
    watch(symbols) {
      for (const symbol of symbols) {
        const count = wanted.get(symbol) ?? 0;
        wanted.set(symbol, count + 1);
        if (count > 0) continue;
        const one = routed(symbol, routesOf(symbol), options, clock.now());
        watched.set(symbol, one);
        handedOut.expect(symbol, clock.now());
        for (const [index, route] of one.routes.entries()) {
          const key = keyOf(route.source, route.symbol);
          followers.set(key, [...(followers.get(key) ?? []), { one, index }]);
          sources[route.source].watch?.([route.symbol]);
        }
      }
    },
    unwatch(symbols) {
      for (const symbol of symbols) {
        const count = wanted.get(symbol) ?? 0;
        if (count > 1) wanted.set(symbol, count - 1);
        if (count !== 1) continue;
        wanted.delete(symbol);
        const gone = watched.get(symbol);
        watched.delete(symbol);
        handedOut.forget(symbol);
        for (const route of gone?.routes ?? []) {
          const key = keyOf(route.source, route.symbol);
          const others = (followers.get(key) ?? []).filter(({ one }) => one !== gone);
          if (others.length > 0) followers.set(key, others);
          else followers.delete(key);
          sources[route.source].unwatch?.([route.symbol]);
        }
      }
    },
    quotes: (symbols) => symbols.flatMap((symbol) => watched.get(symbol)?.last ?? []),
    health: () => ({
      running,
      lastTickAt,
      stale: running ? handedOut.stale(clock.now()) : [],
      active: Object.fromEntries(
        [...watched.values()].flatMap(({ symbol, routes, active }) => {
          const route = routes[active];
          return route ? [[symbol, route.source]] : [];
        }),
      ),
      failovers,
      dropped,
      sources: Object.fromEntries(members.map(([name, one]) => [name, one.health()])) as Record<
        Name,
        SourceHealth
      >,
    }),
    ...(members.some(([, one]) => one.candles) && {
      candles: (symbol, query) =>
        firstAnswer(
          `candles of ${symbol}`,
          routesOf(symbol).map(
            (route) => () => sources[route.source].candles?.(route.symbol, query),
          ),
        ),
    }),
    ...(members.some(([, one]) => one.chain) && {
      chain: (underlying) =>
        firstAnswer(
          `options on ${underlying}`,
          members.map(
            ([, one]) =>
              () =>
                one.chain?.(underlying),
          ),
        ),
    }),
  };
  if (options.symbols) source.watch(options.symbols);
  return source;
}

/** No name of a source and no symbol has a line break. */
function keyOf(name: string, symbol: string): string {
  return `${name}\n${symbol}`;
}
