import * as z from "zod/mini";
import { channelAddress, epoch, offset, requestId } from "./wire-values.js";

/** What happened to the events between the position a subscriber asked for and now. */
export const RECOVERY_OUTCOMES = ["fresh", "nothing-missed", "recovered", "gap"] as const;

/** Why missed events could not be replayed. */
export const GAP_REASONS = ["expired", "epoch-changed", "too-many", "unknown-position"] as const;

/** The offsets, both inclusive, that a subscriber missed and will not be sent. */
const gap = /* @__PURE__ */ (() => z.object({ from: offset, to: offset, reason: z.string() }))();

/** One stored event, as a snapshot of a `log` and a `history` result carry it. */
const storedEvent = /* @__PURE__ */ (() =>
  z.object({ offset, data: z.unknown(), timestamp: z.number(), key: z.optional(z.string()) }))();

/** All a server may send. Unknown fields and unknown types are ignored by a client. */
export const serverMessage = /* @__PURE__ */ (() => {
  const id = z.optional(requestId);
  const timestamp = z.number();
  return z.discriminatedUnion("type", [
    z.object({
      type: z.literal("connected"),
      clientId: z.string(),
      sessionId: z.string(),
      protocol: z.number(),
      heartbeat: z.object({ intervalMs: z.number(), timeoutMs: z.number() }),
      limits: z.record(z.string(), z.number()),
      userId: z.optional(z.string()),
      expiresAt: z.optional(z.number()),
      reconnectWithinMs: z.optional(z.number()),
      timestamp,
    }),
    z.object({
      type: z.literal("authenticated"),
      id,
      userId: z.string(),
      expiresAt: z.optional(z.number()),
    }),
    z.object({
      type: z.literal("subscribed"),
      id,
      channel: channelAddress,
      mode: z.enum(["latest", "table", "log", "signal"]),
      epoch,
      offset,
      recovery: z.enum(RECOVERY_OUTCOMES),
      gap: z.optional(gap),
      snapshot: z.optional(z.unknown()),
    }),
    z.object({
      type: z.literal("unsubscribed"),
      id,
      channel: channelAddress,
      reason: z.optional(z.string()),
    }),
    z.object({
      type: z.literal("event"),
      channel: channelAddress,
      offset: z.optional(offset),
      data: z.optional(z.unknown()),
      timestamp,
      key: z.optional(z.string()),
      removed: z.optional(z.boolean()),
      replayed: z.optional(z.boolean()),
      conflated: z.optional(z.number()),
    }),
    z.object({
      type: z.literal("patch"),
      channel: channelAddress,
      offset,
      base: offset,
      patch: z.unknown(),
      key: z.optional(z.string()),
      timestamp,
    }),
    z.object({
      type: z.literal("published"),
      id: requestId,
      channel: channelAddress,
      offset,
      epoch,
      duplicate: z.boolean(),
    }),
    z.object({ type: z.literal("result"), id: requestId, data: z.optional(z.unknown()) }),
    z.object({
      type: z.literal("error"),
      id,
      channel: z.optional(z.string()),
      code: z.string(),
      message: z.string(),
      details: z.optional(z.unknown()),
      retryAfterMs: z.optional(z.number()),
    }),
    z.object({
      type: z.literal("pong"),
      id,
      reconnectWithinMs: z.optional(z.number()),
      timestamp,
    }),
    z.object({ type: z.literal("goaway"), reason: z.string(), reconnectAfterMs: z.number() }),
  ]);
})();

/** All a server may send. */
export type ServerMessage = z.infer<typeof serverMessage>;

/** The server message of one type. */
export type ServerMessageOf<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** What happened to the events between the position a subscriber asked for and now. */
export type RecoveryOutcome = (typeof RECOVERY_OUTCOMES)[number];
/** Why missed events could not be replayed. A client treats a reason it does not know as a gap all the same. */
export type GapReason = (typeof GAP_REASONS)[number];
/** The offsets, both inclusive, that a subscriber missed and will not be sent. */
export type Gap = z.infer<typeof gap>;
/** One stored event, as a snapshot of a `log` and a `history` result carry it. */
export type StoredEventMessage = z.infer<typeof storedEvent>;
/** The data of a `result` that answers `history`. */
export const historyResult = /* @__PURE__ */ (() =>
  z.object({ epoch, offset, events: z.array(storedEvent) }))();
/** The data of a `result` that answers `history`. */
export type HistoryResult = z.infer<typeof historyResult>;
/** One member in the data of a `result` that answers `presence`. */
export const presenceMember = /* @__PURE__ */ (() =>
  z.object({ clientId: z.string(), userId: z.optional(z.string()), since: z.number() }))();
/** One member in the data of a `result` that answers `presence`. */
export type PresenceMember = z.infer<typeof presenceMember>;
