import type { RuleMemory, RuleTransition } from "../transition.js";

/** What an evaluation says about a rule's condition. */
export type Finding =
  /** It holds at this price. */
  | "met"
  /** It does not, but the price has not come back far enough for a rule that fires to be quiet. */
  | "slack"
  /** It does not. */
  | "unmet"
  /** It held somewhere between the last price and this one, and does no more; the same within the slack. */
  | "passed"
  | "passed-slack"
  /** It has held for as long as the rule asks. */
  | "due"
  /** Nobody can say any more: the rule has expired, its market has closed, its feed is silent. */
  | "unknown"
  | "expired";

/** When and at which price something was found. */
export interface Moment {
  readonly at: number;
  readonly price: number | null;
}

/** How a rule goes about firing. */
export interface Temper {
  /** How long its condition has to hold, milliseconds. */
  readonly forMs: number;
  /** Whether meeting the condition again while it fires is another fire: a change is measured from the last. */
  readonly renews: boolean;
}

type Move = RuleTransition["type"];

/** One move, and where the rule stood right after it. */
export interface Moved {
  readonly type: Move;
  readonly memory: RuleMemory;
}

/** Where a rule stands after a finding, and how it came there. */
export interface Step {
  readonly memory: RuleMemory;
  readonly moves: readonly Moved[];
}

const NONE: readonly Moved[] = [];

/**
 * The life of a rule: inactive → pending → firing → inactive, in the manner of Prometheus. A rule that was armed
 * beyond its level is held until the price has been back (trap 1); one miss ends a pending rule (trap 7); every
 * fire is followed by one resolve.
 */
export function step(memory: RuleMemory, finding: Finding, temper: Temper, moment: Moment): Step {
  switch (memory.phase) {
    case "inactive":
      return whenInactive(memory, finding, temper, moment);
    case "pending":
      return whenPending(memory, finding, moment);
    case "firing":
      return whenFiring(memory, finding, temper, moment);
    default:
      return memory.phase satisfies never;
  }
}

function whenInactive(memory: RuleMemory, finding: Finding, temper: Temper, moment: Moment): Step {
  switch (finding) {
    case "met":
      if (memory.held) return stay(memory);
      if (temper.forMs > 0) {
        const { at } = moment;
        return moved("pending", { ...memory, phase: "pending", since: at, pendingSince: at });
      }
      return moved("fired", firing(memory, moment));
    case "passed":
    case "passed-slack": {
      if (memory.held) return { memory: { ...memory, held: false }, moves: NONE };
      if (temper.forMs > 0) return stay(memory);
      const fired = firing(memory, moment);
      return finding === "passed"
        ? moved("fired", fired, "resolved", inactive(fired, moment))
        : moved("fired", fired);
    }
    case "slack":
    case "unmet":
      return memory.held ? { memory: { ...memory, held: false }, moves: NONE } : stay(memory);
    case "due":
    case "unknown":
    case "expired":
      return stay(memory);
    default:
      return finding satisfies never;
  }
}

function whenPending(memory: RuleMemory, finding: Finding, moment: Moment): Step {
  switch (finding) {
    case "met":
      return stay(memory);
    case "due":
      return moved("fired", firing(memory, moment));
    case "slack":
    case "unmet":
    case "passed":
    case "passed-slack":
    case "unknown":
    case "expired":
      return moved("lapsed", inactive(memory, moment));
    default:
      return finding satisfies never;
  }
}

function whenFiring(memory: RuleMemory, finding: Finding, temper: Temper, moment: Moment): Step {
  switch (finding) {
    case "met":
      if (!temper.renews) return stay(memory);
      return moved("resolved", inactive(memory, moment), "fired", firing(memory, moment));
    case "unmet":
    case "passed":
    case "expired":
      return moved("resolved", inactive(memory, moment));
    // A frozen feed is not a price that came back (trap 6).
    case "unknown":
    case "slack":
    case "passed-slack":
    case "due":
      return stay(memory);
    default:
      return finding satisfies never;
  }
}

function moved(type: Move, memory: RuleMemory, next?: Move, then: RuleMemory = memory): Step {
  const first = { type, memory };
  return { memory: then, moves: next ? [first, { type: next, memory: then }] : [first] };
}

function stay(memory: RuleMemory): Step {
  return { memory, moves: NONE };
}

function firing(memory: RuleMemory, { at, price }: Moment): RuleMemory {
  return { ...memory, phase: "firing", since: at, firedAt: at, firedPrice: price };
}

function inactive(memory: RuleMemory, { at }: Moment): RuleMemory {
  return { ...memory, phase: "inactive", since: at, pendingSince: null, held: false };
}
