import type { Tick } from "@tocsin/protocol/alerts";
import type { Transition } from "../transition.js";
import { type BandWatch, createBandWatch } from "./band-watch.js";
import type { Sample } from "./evaluator.js";
import { detailsOf, isOpenAt, move, type Watched } from "./watched.js";
import { createWindowWatch, type WindowWatch } from "./window-watch.js";

/** All that is known and watched of one symbol. */
export interface SymbolWatch {
  readonly symbol: string;
  last: Sample | undefined;
  /** Since when nothing was heard of it: the last tick, or when somebody began to listen. */
  heardAt: number | null;
  /** Whether its feed counts as silent. */
  silent: boolean;
  /** The rules of each monitor. */
  readonly monitors: Map<string, readonly Watched[]>;
  readonly bands: BandWatch;
  readonly windows: WindowWatch;
  /** The rules that fire on silence. */
  readonly stale: Set<Watched>;
}

/** A symbol nobody has heard of. */
export function createSymbolWatch(symbol: string): SymbolWatch {
  return {
    symbol,
    last: undefined,
    heardAt: null,
    silent: false,
    monitors: new Map(),
    bands: createBandWatch(),
    windows: createWindowWatch(),
    stale: new Set(),
  };
}

/** Puts a rule where its kind is evaluated. */
export function watch(symbol: SymbolWatch, watched: Watched): void {
  symbol.bands.add(watched);
  symbol.windows.add(watched);
  if (watched.rule.kind === "stale-feed") symbol.stale.add(watched);
}

/** Takes a rule out again. */
export function unwatch(symbol: SymbolWatch, watched: Watched): void {
  symbol.bands.remove(watched);
  symbol.windows.remove(watched);
  symbol.stale.delete(watched);
}

/** Evaluates a tick that is later than the last. */
export function evaluateTick(symbol: SymbolWatch, tick: Tick, out: Transition[]): void {
  const previous = symbol.last;
  const details = detailsOf(tick, previous?.price ?? null);
  const found: Transition[] = out;
  if (symbol.silent) {
    for (const [first] of symbol.monitors.values()) {
      if (first) found.push(feedTransition("data", symbol, first, tick.at));
    }
    symbol.silent = false;
  }
  symbol.last = { symbol: tick.symbol, price: tick.price, at: tick.at };
  symbol.heardAt = tick.at;
  const rules: Parameters<typeof move>[4] = [];
  for (const watched of symbol.stale) {
    if (isOpenAt(watched, tick.at)) move(watched, "unmet", tick, details, rules);
  }
  symbol.bands.evaluate(previous?.price, tick, details, rules);
  symbol.windows.evaluate(tick, details, rules);
  found.push(...rules);
}

/** Nothing was heard for too long: says so to each monitor, and ends what was pending (trap 6). */
export function fallSilent(symbol: SymbolWatch, at: number, out: Transition[]): void {
  symbol.silent = true;
  const rules: Parameters<typeof move>[4] = [];
  for (const all of symbol.monitors.values()) {
    const [first] = all;
    if (first) out.push(feedTransition("no-data", symbol, first, at));
    for (const watched of all) {
      if (watched.rule.kind === "stale-feed") continue;
      move(watched, "unknown", { at, price: symbol.last?.price ?? null }, {}, rules);
    }
  }
  out.push(...rules);
}

function feedTransition(
  type: "no-data" | "data",
  { last, heardAt }: SymbolWatch,
  { monitor }: Watched,
  at: number,
): Transition {
  return { type, monitor, at, lastAt: heardAt ?? at, lastPrice: last?.price ?? null };
}
