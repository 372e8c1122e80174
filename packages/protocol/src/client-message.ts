import * as z from "zod/mini";
import { DEFAULT_MAX_REPLAY, MAX_KEY_LENGTH, MAX_TOKEN_LENGTH } from "./limits.js";
import { channelAddress, position, requestId } from "./wire-values.js";

/** All a client may send. Fields that are not listed are ignored. */
export const clientMessage = /* @__PURE__ */ (() =>
  z.discriminatedUnion("type", [
    z.object({
      type: z.literal("auth"),
      id: z.optional(requestId),
      token: z.string().check(z.minLength(1), z.maxLength(MAX_TOKEN_LENGTH)),
    }),
    z.object({
      type: z.literal("subscribe"),
      id: z.optional(requestId),
      channel: channelAddress,
      since: z.optional(position),
      rewind: z.optional(z.int().check(z.nonnegative(), z.maximum(DEFAULT_MAX_REPLAY))),
      maxRate: z.optional(z.number().check(z.positive(), z.maximum(1_000))),
      params: z.optional(z.unknown()),
    }),
    z.object({
      type: z.literal("unsubscribe"),
      id: z.optional(requestId),
      channel: channelAddress,
    }),
    z.object({
      type: z.literal("publish"),
      id: requestId,
      channel: channelAddress,
      data: z.unknown(),
      key: z.optional(z.string().check(z.minLength(1), z.maxLength(MAX_KEY_LENGTH))),
    }),
    z.object({
      type: z.literal("call"),
      id: requestId,
      method: z.string().check(z.minLength(1), z.maxLength(128)),
      params: z.optional(z.unknown()),
    }),
    z.object({
      type: z.literal("history"),
      id: requestId,
      channel: channelAddress,
      since: z.optional(position),
      limit: z.optional(z.int().check(z.positive(), z.maximum(DEFAULT_MAX_REPLAY))),
      reverse: z.optional(z.boolean()),
    }),
    z.object({ type: z.literal("presence"), id: requestId, channel: channelAddress }),
    z.object({ type: z.literal("ping"), id: z.optional(requestId) }),
  ]))();

/** All a client may send. */
export type ClientMessage = z.infer<typeof clientMessage>;

/** The client message of one type. */
export type ClientMessageOf<T extends ClientMessage["type"]> = Extract<ClientMessage, { type: T }>;
