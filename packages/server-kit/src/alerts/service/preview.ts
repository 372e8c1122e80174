import type { AlertNotification, Monitor, NewMonitor, Tick } from "@tocsin/protocol/alerts";
import { createEvaluator } from "../evaluator/create-evaluator.js";
import { decide } from "../store/decide.js";
import { type Ledger, Page } from "../store/ledger.js";
import { longestWindow } from "./warm-up.js";

/** One fire a rule would have had. */
export interface PreviewedFire {
  readonly ruleId: string;
  /** Market time, milliseconds since 1970. */
  readonly at: number;
  readonly price: number | null;
  /** Whether nobody would have been told, as it repeats an earlier one, or another rule keeps it quiet. */
  readonly suppressed: boolean;
}

/** What a monitor would have done. */
export interface Preview {
  /** How many fires somebody would have been told of. */
  readonly fired: number;
  readonly suppressed: number;
  /** All of them, in order. */
  readonly fires: readonly PreviewedFire[];
}

/** How long before the first moment ticks have to begin, so that rules that look back have what they look at. */
export function previewStart(input: Pick<NewMonitor, "rules">, from: number): number {
  return from - 2 * longestWindow(input);
}

/**
 * What a monitor would have done after `from`, by the same evaluator and the same decisions as the live ones. The
 * ticks are those of its symbol, in the order of their times; begin them at {@link previewStart}.
 */
export function preview(input: NewMonitor, ticks: Iterable<Tick>, from: number): Preview {
  const monitor: Monitor = {
    ...input,
    id: "preview",
    userId: "",
    enabled: true,
    version: 1,
    createdAt: from,
    updatedAt: from,
  };
  const evaluator = createEvaluator();
  evaluator.arm({ monitor, armedAt: from });
  const ledger = emptyLedger(monitor);
  const fires: PreviewedFire[] = [];
  for (const tick of ticks) {
    const found = evaluator.evaluate(tick);
    if (found.length === 0) continue;
    decide(ledger, found, CIRCUMSTANCES);
    const told = ledger.outgoing
      .splice(0)
      .filter(({ notification }) => notification.revision === 1);
    for (const transition of found) {
      if (transition.type !== "fired") continue;
      const { at, price } = transition.seen;
      const ruleId = transition.rule.id;
      const isTold = told.some(
        ({ notification }) => notification.ruleId === ruleId && notification.firedAt === at,
      );
      fires.push({ ruleId, at, price, suppressed: !isTold });
    }
  }
  const suppressed = fires.filter((fire) => fire.suppressed).length;
  return { fired: fires.length - suppressed, suppressed, fires };
}

/** Nothing is held back here but repeats: each fire is wanted for itself. */
const CIRCUMSTANCES = {
  now: 0,
  push: { flood: { max: Number.POSITIVE_INFINITY, windowMs: 1 }, digestMs: null },
};

function emptyLedger(monitor: Monitor): Ledger {
  const watched = { version: 1, armedAt: null, strategyId: null, monitor: () => monitor };
  return {
    watched: new Map([[monitor.id, watched]]),
    rules: new Page([]),
    causes: new Page([]),
    silences: new Page([]),
    users: new Page([]),
    notifications: new Page<AlertNotification>([]),
    outgoing: [],
    suppressed: 0,
  };
}
