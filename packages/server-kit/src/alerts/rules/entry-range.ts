import type { AlertRule } from "@tocsin/protocol/alerts";
import type { Edge } from "./edge.js";

type EntryRange = Extract<AlertRule, { kind: "entry-range" }>;

/**
 * The price comes into the range from outside; the bounds belong to it. A jump right across the range in one
 * tick counts as having passed through: between two ticks the market traded, or could have traded, at every
 * price, and somebody waiting for the range would rather hear of it than not.
 */
export function entryRangeEdges({ low, high }: EntryRange): readonly Edge[] {
  return [
    { on: "rise", level: low },
    { on: "fall", level: high },
  ];
}

/** What to say when it fired. */
export function entryRangeText({ low, high }: EntryRange): string {
  return `entered the range ${low} to ${high}`;
}
