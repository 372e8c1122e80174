import type { Tick } from "@tocsin/protocol/alerts";
import { createFreshness, type Freshness, type StalenessOptions } from "./freshness.js";

/** Where a symbol may come from, and what it is called there. */
export interface Route<Name extends string = string> {
  readonly source: Name;
  readonly symbol: string;
}

/** The routes of one symbol, in the order of preference, and which of them it takes. */
export interface Routed<Name extends string> {
  readonly symbol: string;
  readonly routes: readonly RouteState<Name>[];
  active: number;
  /** The tick handed out last. */
  last: Tick | undefined;
}

interface RouteState<Name extends string> extends Route<Name> {
  readonly freshness: Freshness;
  latest: Tick | undefined;
  /** Since when it has had prices without a break. */
  healthySince: number | undefined;
}

/** A route taken instead of another. */
export interface Switch {
  readonly to: number;
  readonly reason: "stale" | "recovered";
}

const STALE_AFTER_MS = 15_000;

/** Puts a symbol on the first of its routes; none has had a price yet. */
export function routed<Name extends string>(
  symbol: string,
  routes: readonly Route<Name>[],
  options: StalenessOptions,
  now: number,
): Routed<Name> {
  const states = routes.map(({ source, symbol: there }) => {
    const freshness = createFreshness(options, STALE_AFTER_MS);
    freshness.expect(symbol, now);
    return { source, symbol: there, freshness, latest: undefined, healthySince: undefined };
  });
  return { symbol, routes: states, active: 0, last: undefined };
}

/**
 * A price came by a route. Returns the tick to hand out: only the active route has one, and never one older than
 * the last, whoever that came from. An active route that only has older ones is as good as silent.
 */
export function arrived<Name extends string>(
  { symbol, routes, active, last }: Routed<Name>,
  index: number,
  tick: Tick,
  now: number,
): "standby" | "too-old" | Tick {
  const route = routes[index];
  if (!route) return "standby";
  const ours = { ...tick, symbol, venue: route.source };
  const tooOld = last !== undefined && tick.at < last.at;
  route.latest = ours;
  if (index === active && tooOld) return "too-old";
  route.freshness.seen(symbol, tick.feedAt ?? now, now);
  return index === active ? ours : "standby";
}

/**
 * Which route to change to, if any: the first healthy one when the active is stale; a preferred one again when
 * it has been healthy for a while, so that one which comes and goes does not take the symbol with it.
 */
export function reconsider<Name extends string>(
  { symbol, routes, active }: Routed<Name>,
  healthyForMs: number,
  now: number,
): Switch | undefined {
  for (const route of routes) {
    const healthy = route.latest !== undefined && !route.freshness.isStale(symbol, now);
    route.healthySince = healthy ? (route.healthySince ?? now) : undefined;
  }
  const isStale = routes[active]?.freshness.isStale(symbol, now) ?? false;
  const to = routes.findIndex(
    ({ healthySince }, index) =>
      healthySince !== undefined &&
      (isStale ? index !== active : index < active && now - healthySince >= healthyForMs),
  );
  return to < 0 ? undefined : { to, reason: isStale ? "stale" : "recovered" };
}
