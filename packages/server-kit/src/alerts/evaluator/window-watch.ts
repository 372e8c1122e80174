import type { Tick } from "@tocsin/protocol/alerts";
import {
  asks,
  createRuleWindow,
  isWindowRule,
  type RuleWindow,
  type WindowRule,
  windowName,
} from "../rules/window.js";
import type { RuleTransition } from "../transition.js";
import { type Details, isOpenAt, move, type Watched } from "./watched.js";

/** The rules of one symbol that look back over a window. */
export interface WindowWatch {
  add(watched: Watched): void;
  remove(watched: Watched): void;
  /** Evaluates a tick against the windows before it, then lets it in. */
  evaluate(tick: Tick, details: Details, out: RuleTransition[]): void;
  /** Lets a past tick into the windows that do not have it yet, and evaluates nothing. */
  warm(tick: Tick): void;
  readonly size: number;
}

/** Rules that share a window, those that ask for least first. */
interface Group {
  readonly window: RuleWindow;
  rules: readonly Watched[];
  /** Those that have to be looked at with every tick: they fire, or are measured from their last fire. */
  readonly lively: Set<Watched>;
  /** Market time of the last tick in the window. */
  at: number;
}

/** Looks at the rules a tick meets and those that fire, and at no others. */
export function createWindowWatch(): WindowWatch {
  const groups = new Map<string, Group>();

  function look(
    { window, lively }: Group,
    watched: Watched,
    tick: Tick,
    details: Details,
    out: RuleTransition[],
  ): void {
    const { rule, memory } = watched;
    if (!isWindowRule(rule) || watched.evaluatedAt >= tick.at) return;
    if (!isOpenAt(watched, tick.at)) return;
    watched.evaluatedAt = tick.at;
    if (memory.since === null) watched.memory = { ...memory, since: tick.at };
    const reading = window.read(tick, rule, memory);
    if (reading === undefined) return;
    const { met, ...shown } = reading;
    move(watched, met ? "met" : "unmet", tick, { ...details, ...shown }, out);
    if (isLively(watched, rule, tick.at)) lively.add(watched);
    else lively.delete(watched);
  }

  return {
    add(watched) {
      const { rule } = watched;
      if (!isWindowRule(rule)) return;
      const name = windowName(rule);
      const group = groups.get(name) ?? {
        window: createRuleWindow(rule),
        rules: [],
        lively: new Set(),
        at: Number.NEGATIVE_INFINITY,
      };
      groups.set(name, group);
      const at = group.rules.findIndex((other) => askOf(other) > asks(rule));
      group.rules = at < 0 ? [...group.rules, watched] : group.rules.toSpliced(at, 0, watched);
      group.lively.add(watched);
    },
    remove(watched) {
      if (!isWindowRule(watched.rule)) return;
      const name = windowName(watched.rule);
      const group = groups.get(name);
      if (!group) return;
      group.rules = group.rules.filter((other) => other !== watched);
      group.lively.delete(watched);
      if (group.rules.length === 0) groups.delete(name);
    },
    evaluate(tick, details, out) {
      for (const group of groups.values()) {
        const reach = group.window.reach(tick);
        for (const watched of [...group.lively]) look(group, watched, tick, details, out);
        for (const watched of group.rules) {
          if (reach === undefined || askOf(watched) > reach) break;
          look(group, watched, tick, details, out);
        }
        admit(group, tick);
      }
    },
    warm(tick) {
      for (const group of groups.values()) admit(group, tick);
    },
    get size() {
      return groups.size;
    },
  };
}

/** A window takes ticks in the order of their times, each once. */
function admit(group: Group, tick: Tick): void {
  if (tick.at <= group.at) return;
  group.at = tick.at;
  group.window.add(tick);
}

function askOf({ rule }: Watched): number {
  return isWindowRule(rule) ? asks(rule) : Number.POSITIVE_INFINITY;
}

function isLively({ memory }: Watched, rule: WindowRule, at: number): boolean {
  if (memory.phase !== "inactive") return true;
  return (
    rule.kind === "percent-change" && memory.firedAt !== null && memory.firedAt > at - rule.windowMs
  );
}
