import type { Broker } from "../../store/broker.js";
import { carryOutHere, createNodes, type NodeParts } from "./create-nodes.js";
import type { Nodes } from "./nodes.js";
import { startTalk, type Talk, type TalkParts } from "./talk.js";

/** What the node's part in a group works with; without a broker it is alone. */
export interface GroupParts
  extends Omit<NodeParts, "talk">,
    Pick<TalkParts, "logger" | "ids" | "beatMs" | "answerWithinMs" | "isUp"> {
  readonly broker: Broker | undefined;
}

/** Joins the group of nodes that share a broker. */
export function startNodes(parts: GroupParts): {
  readonly nodes: Nodes;
  readonly talk: Talk | undefined;
} {
  const { broker, logger, ids, beatMs, answerWithinMs, isUp, ...acting } = parts;
  const { name, clock } = acting;
  const carryOut: TalkParts["carryOut"] = (task) => carryOutHere(acting, task);
  const talk =
    broker &&
    startTalk({ name, broker, clock, logger, ids, beatMs, answerWithinMs, isUp, carryOut });
  return { nodes: createNodes({ ...acting, talk }), talk };
}
