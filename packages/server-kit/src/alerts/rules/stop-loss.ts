import type { AlertRule } from "@tocsin/protocol/alerts";
import type { Edge } from "./edge.js";

type StopLoss = Extract<AlertRule, { kind: "stop-loss" }>;

/** The price reaches the stop: falling on a long position, rising on a short one. */
export function stopLossEdges({ price, side }: StopLoss): readonly Edge[] {
  return [{ on: side === "long" ? "fall" : "rise", level: price }];
}

/** What to say when it fired. */
export function stopLossText({ price, side }: StopLoss): string {
  return `reached the ${side} stop-loss level ${price}`;
}
