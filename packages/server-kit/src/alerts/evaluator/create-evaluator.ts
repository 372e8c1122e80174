import type { RulePhase } from "@tocsin/protocol/alerts";
import { calendarOf } from "../calendar/calendar.js";
import type { RuleTransition, Transition } from "../transition.js";
import { createDeadlines } from "./deadlines.js";
import type { Evaluator, EvaluatorOptions } from "./evaluator.js";
import {
  createSymbolWatch,
  evaluateTick,
  fallSilent,
  type SymbolWatch,
  unwatch,
  watch,
} from "./symbol-watch.js";
import { isOpenAt, move, type Watched, watchedOf } from "./watched.js";

/** Something that happens because time passes. */
type Timer =
  /** A pending rule may have held long enough. */
  | { readonly type: "due"; readonly watched: Watched; readonly pendingSince: number }
  | { readonly type: "expiry"; readonly watched: Watched }
  /** A rule, or a symbol, may have heard nothing for too long. */
  | { readonly type: "silence"; readonly symbol: SymbolWatch; readonly watched?: Watched };

const NOTHING: readonly never[] = [];

/**
 * Creates an evaluator that watches nothing yet.
 *
 * A tick costs two searches in the levels of its symbol and what it meets there, however many monitors there are.
 * A monitor starts from the price its symbol has when it is armed: armed beyond its level it stays quiet until the
 * price has been back, armed before it the very next tick may fire; a threshold fires either way.
 */
export function createEvaluator({
  staleAfterMs = () => null,
  hoursOf = () => null,
}: EvaluatorOptions = {}): Evaluator {
  const symbols = new Map<string, SymbolWatch>();
  const symbolOf = new Map<string, SymbolWatch>();
  const timers = createDeadlines<Timer>();
  let now: number | null = null;

  function symbolWatch(name: string): SymbolWatch {
    const known = symbols.get(name);
    if (known) return known;
    const symbol = createSymbolWatch(name);
    symbols.set(name, symbol);
    return symbol;
  }

  /** Sets the timer of a symbol's silence, or of one rule's; there is one of each at any time. */
  function listen(symbol: SymbolWatch, watched?: Watched): void {
    const limit = watched ? silenceOf(watched) : staleAfterMs(symbol.symbol);
    if (limit === null || symbol.heardAt === null) return;
    const calendar = watched?.calendar ?? hoursOf(symbol.symbol);
    const at = calendar ? calendar.after(symbol.heardAt, limit) : symbol.heardAt + limit;
    if (Number.isFinite(at))
      timers.add(at, { type: "silence", symbol, ...(watched && { watched }) });
  }

  /** Somebody listens from now on; silence before that is nobody's. */
  function hear(symbol: SymbolWatch, at: number): void {
    symbol.heardAt = at;
    listen(symbol);
    for (const watched of symbol.stale) listen(symbol, watched);
  }

  function setDue(watched: Watched): void {
    const { rule, memory } = watched;
    if (memory.phase === "pending" && memory.pendingSince !== null) {
      const { pendingSince } = memory;
      timers.add(pendingSince + rule.forMs, { type: "due", watched, pendingSince });
    }
  }

  /** Timers of rules that began to wait, for their time or for the next silence. */
  function setTimersOf(found: readonly Transition[], from: number, symbol: SymbolWatch): void {
    for (let index = from; index < found.length; index += 1) {
      const transition = found[index];
      if (transition?.type !== "pending" && transition?.type !== "resolved") continue;
      const watched = symbol.monitors
        .get(transition.monitor.id)
        ?.find(({ rule }) => rule === transition.rule);
      if (watched === undefined) continue;
      if (transition.type === "pending") setDue(watched);
      else if (symbol.stale.has(watched)) listen(symbol, watched);
    }
  }

  function isWatched(watched: Watched): boolean {
    const { id } = watched.monitor;
    return symbolOf.get(id)?.monitors.get(id)?.includes(watched) === true;
  }

  function ring(timer: Timer, at: number, out: Transition[]): void {
    const rules: RuleTransition[] = [];
    switch (timer.type) {
      case "due": {
        const { watched, pendingSince } = timer;
        const { memory, monitor } = watched;
        if (memory.phase !== "pending" || memory.pendingSince !== pendingSince) return;
        if (!isWatched(watched)) return;
        const last = symbolOf.get(monitor.id)?.last;
        const finding = isOpenAt(watched, at) ? "due" : "unknown";
        const level = watched.band && Number.isFinite(watched.band.low) ? watched.band.low : null;
        const seen = { level: level ?? watched.band?.high ?? null };
        move(watched, finding, { at, price: last?.price ?? null }, seen, rules);
        break;
      }
      case "expiry": {
        const { watched } = timer;
        const symbol = symbolOf.get(watched.monitor.id);
        if (!symbol || !isWatched(watched)) return;
        move(watched, "expired", { at, price: symbol.last?.price ?? null }, {}, rules);
        unwatch(symbol, watched);
        break;
      }
      case "silence": {
        const { symbol, watched } = timer;
        if (symbols.get(symbol.symbol) !== symbol || symbol.heardAt === null) return;
        if (watched ? !symbol.stale.has(watched) : symbol.silent) return;
        const limit = watched ? silenceOf(watched) : staleAfterMs(symbol.symbol);
        if (limit === null) return;
        const calendar = watched?.calendar ?? hoursOf(symbol.symbol);
        const due = calendar ? calendar.after(symbol.heardAt, limit) : symbol.heardAt + limit;
        if (due > at) return listen(symbol, watched);
        if (!watched) fallSilent(symbol, at, out);
        else move(watched, "met", { at, price: symbol.last?.price ?? null }, {}, rules);
        break;
      }
      default:
        timer satisfies never;
    }
    out.push(...rules);
  }

  function pass(at: number, inclusive: boolean, out: Transition[]): void {
    for (let due = timers.take(at, inclusive); due; due = timers.take(at, inclusive)) {
      ring(due.item, due.at, out);
    }
    if (now === null) {
      for (const symbol of symbols.values()) if (symbol.heardAt === null) hear(symbol, at);
    }
    now = Math.max(now ?? at, at);
  }

  function disarm(monitorId: string): void {
    const symbol = symbolOf.get(monitorId);
    if (!symbol) return;
    for (const watched of symbol.monitors.get(monitorId) ?? []) unwatch(symbol, watched);
    symbol.monitors.delete(monitorId);
    symbolOf.delete(monitorId);
  }

  return {
    arm(armed, memory = []) {
      const { monitor } = armed;
      disarm(monitor.id);
      if (!monitor.enabled) return;
      const symbol = symbolWatch(monitor.symbol);
      const rules = monitor.rules
        .filter(({ expiresAt }) => expiresAt === null || now === null || expiresAt > now)
        .map((rule) => watchedOf(armed, rule, rule.hours && calendarOf(rule.hours), memory));
      symbol.monitors.set(monitor.id, rules);
      symbolOf.set(monitor.id, symbol);
      for (const watched of rules) {
        watch(symbol, watched);
        setDue(watched);
        const { expiresAt } = watched.rule;
        if (expiresAt !== null) timers.add(expiresAt, { type: "expiry", watched });
        if (watched.rule.kind === "stale-feed") listen(symbol, watched);
      }
      if (symbol.heardAt === null && now !== null) hear(symbol, now);
    },
    disarm,
    evaluate(tick) {
      const symbol = symbolWatch(tick.symbol);
      if (symbol.last && tick.at <= symbol.last.at) return NOTHING;
      const out: Transition[] = [];
      pass(tick.at, false, out);
      const { silent, heardAt } = symbol;
      const known = out.length;
      evaluateTick(symbol, tick, out);
      setTimersOf(out, known, symbol);
      if (heardAt === null) hear(symbol, tick.at);
      else if (silent) listen(symbol);
      pass(tick.at, true, out);
      return out.length === 0 ? NOTHING : out;
    },
    advance(at) {
      const out: Transition[] = [];
      pass(at, true, out);
      return out;
    },
    warm(tick) {
      symbolWatch(tick.symbol).windows.warm(tick);
    },
    phase(monitorId, ruleId): RulePhase | undefined {
      const symbol = symbolOf.get(monitorId);
      const watched = symbol?.monitors.get(monitorId)?.find(({ rule }) => rule.id === ruleId);
      if (!symbol || !watched) return undefined;
      return symbol.silent && watched.rule.kind !== "stale-feed" ? "no-data" : watched.memory.phase;
    },
    lastSample: (symbol) => symbols.get(symbol)?.last,
    samples: () => [...symbols.values()].flatMap(({ last }) => (last ? [last] : [])),
    restore(samples) {
      for (const sample of samples) symbolWatch(sample.symbol).last = sample;
    },
    get size() {
      return symbolOf.size;
    },
  };
}

function silenceOf({ rule }: Watched): number | null {
  return rule.kind === "stale-feed" ? rule.afterMs + rule.forMs : null;
}
