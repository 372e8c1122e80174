import type { Found } from "../results.js";

/** How a run was asked for. */
export interface Plan {
  readonly quick: boolean;
  readonly rounds: number;
  /** The servers that take part, ours first. */
  readonly names: readonly string[];
  print(text: string): void;
}

/** One part of the bench: what it is called, and how it is measured. */
export interface Part {
  readonly name: string;
  readonly title: string;
  run(plan: Plan): Promise<Found>;
}

/** Another one goes first in each round, so that nobody always runs in the same phase of the machine. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  return items.map((_, n) => items[(n + round) % items.length] as T);
}
