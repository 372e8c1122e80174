import type { AlertRule } from "@tocsin/protocol/alerts";
import type { Edge } from "./edge.js";

type TakeProfit = Extract<AlertRule, { kind: "take-profit" }>;

/** The price reaches the target: rising on a long position, falling on a short one. */
export function takeProfitEdges({ price, side }: TakeProfit): readonly Edge[] {
  return [{ on: side === "long" ? "rise" : "fall", level: price }];
}

/** What to say when it fired. */
export function takeProfitText({ price, side }: TakeProfit): string {
  return `reached the ${side} take-profit target ${price}`;
}
