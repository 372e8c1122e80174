import type { Verdict } from "./checker.js";
import { violationsOf } from "./checker.js";
import type { Dice } from "./random.js";

/** What a scenario is given. */
export interface Run {
  readonly dice: Dice;
  /** The short version, a few seconds long. */
  readonly quick: boolean;
}

/** What came of one scenario. */
export interface Outcome {
  readonly events: number;
  /** Lines cut and processes killed. */
  readonly cuts: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  readonly gaps: number;
  /** Most bytes a server held for one reader, where that was measured. */
  readonly peakBytes?: number;
  /** Promises that were broken; empty when all held. */
  readonly violations: readonly string[];
  /** Figures without a promise, and what the numbers above mean here. */
  readonly notes: readonly string[];
}

/** One fault and the promise it is tried on. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** It is broken off, and counts as failed, when it takes longer. */
  readonly withinSeconds: number;
  run(run: Run): Promise<Outcome>;
}

/** An outcome in which nothing happened, to be filled in. */
export const NOTHING: Outcome = {
  events: 0,
  cuts: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  gaps: 0,
  violations: [],
  notes: [],
};

/** The outcome that a checker's verdict stands for, violations of the scenario's own added. */
export function outcomeOf(
  verdict: Verdict,
  rest: Pick<Outcome, "events" | "cuts"> & Partial<Outcome>,
): Outcome {
  const { lost, duplicated, reordered, gaps, unacked } = verdict;
  const answers =
    unacked.sent > 0
      ? [`${unacked.sent} publishes without an answer, ${unacked.seen} of them published`]
      : [];
  return {
    ...NOTHING,
    lost,
    duplicated,
    reordered,
    gaps,
    ...rest,
    violations: [...violationsOf(verdict), ...(rest.violations ?? [])],
    notes: [...answers, ...(rest.notes ?? [])],
  };
}

/** The violations among some conditions: each that does not hold, in words. */
export function unmet(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(conditions).flatMap(([words, holds]) => (holds ? [] : [words]));
}
