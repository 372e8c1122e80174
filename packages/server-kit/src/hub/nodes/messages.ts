import { CloseCode } from "@tocsin/protocol";
import { z } from "zod";

/** Whose connections. */
const target = z.union([z.object({ userId: z.string() }), z.object({ clientId: z.string() })]);

/** What one node may ask of another. */
const task = z.discriminatedUnion("do", [
  z.object({ do: z.literal("list"), target }),
  z.object({ do: z.literal("disconnect"), target, code: z.enum(CloseCode), reason: z.string() }),
  z.object({ do: z.literal("unsubscribe"), target, channel: z.string(), reason: z.string() }),
  z.object({
    do: z.literal("send"),
    target,
    channel: z.string(),
    data: z.unknown(),
    timestamp: z.number(),
  }),
]);

const client = z.object({
  clientId: z.string(),
  userId: z.string().optional(),
  remoteAddress: z.string(),
  connectedAt: z.number(),
  channels: z.array(z.string()).readonly(),
  queuedBytes: z.number(),
  droppedSignals: z.number(),
});

/** What nodes say to each other, beside events. */
const nodeMessage = z.discriminatedUnion("type", [
  /** Said again and again, and with `answer` when it would like to hear who else is there. */
  z.object({ type: z.literal("here"), node: z.string(), since: z.number(), answer: z.boolean() }),
  z.object({ type: z.literal("gone"), node: z.string() }),
  z.object({ type: z.literal("ask"), node: z.string(), id: z.string(), task }),
  z.object({
    type: z.literal("answer"),
    node: z.string(),
    id: z.string(),
    count: z.number(),
    clients: z.array(client).readonly().optional(),
  }),
]);

/** What one node says to others. */
export type NodeMessage = z.infer<typeof nodeMessage>;

/** What is to be done on every node. */
export type NodeTask = z.infer<typeof task>;

/** What came of it on one node: how many were concerned, and who they are where that was asked. */
export type NodeOutcome = Pick<Extract<NodeMessage, { type: "answer" }>, "count" | "clients">;

/** Reads a message; `undefined` when it makes no sense, such as one of a newer version. */
export function readNodeMessage(data: unknown): NodeMessage | undefined {
  const parsed = nodeMessage.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}

/** Where everybody listens. An address has no empty part, so no channel of a contract has this name. */
export const EVERYBODY = "tocsin::nodes";

/** Where one node listens for answers. */
export function addressOf(node: string): string {
  return `tocsin::node:${encodeURIComponent(node)}`;
}
