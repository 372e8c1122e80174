import * as z from "zod/mini";
import { MAX_CHANNEL_BYTES, MAX_ID_LENGTH } from "./limits.js";

/** Correlates a reply with its request; chosen by the client, unique among its open requests. */
export const requestId = /* @__PURE__ */ (() =>
  z.string().check(z.minLength(1), z.maxLength(MAX_ID_LENGTH)))();

/** The address of a channel as it travels. Whether the contract knows it is checked later. */
export const channelAddress = /* @__PURE__ */ (() =>
  z.string().check(z.minLength(1), z.maxLength(MAX_CHANNEL_BYTES)))();

/** Number of an event on its channel: 1 for the first. 0 is the position before it. */
export const offset = /* @__PURE__ */ (() => z.int().check(z.nonnegative()))();

/** Names one life of a channel's numbering. A store that lost its events starts a new one. */
export const epoch = /* @__PURE__ */ (() => z.string().check(z.minLength(1), z.maxLength(64)))();

/** A place in a channel: everything up to and including `offset` has been seen. */
export const position = /* @__PURE__ */ (() => z.object({ epoch, offset }))();

/** A place in a channel: everything up to and including `offset` has been seen. */
export type Position = z.infer<typeof position>;
