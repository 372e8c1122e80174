import fc, { type Arbitrary } from "fast-check";
import type { ClientMessage, ClientMessageOf } from "../../src/client-message.js";
import { ERROR_CODES } from "../../src/error-codes.js";
import { DEFAULT_MAX_REPLAY, MAX_CHANNEL_BYTES, MAX_ID_LENGTH } from "../../src/limits.js";
import {
  GAP_REASONS,
  RECOVERY_OUTCOMES,
  type ServerMessage,
  type ServerMessageOf,
} from "../../src/server-message.js";

/** Messages that are valid by construction, one generator for each type there is. */

const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 9 });
const longId = fc.string({ minLength: MAX_ID_LENGTH, maxLength: MAX_ID_LENGTH });
const requestId = fc.oneof({ weight: 9, arbitrary: id }, { weight: 1, arbitrary: longId });
const channel = fc.oneof(
  fc.stringMatching(/^[a-z]{1,9}(:[A-Za-z0-9._~-]{1,9}){0,3}$/),
  fc.constantFrom("__proto__", "constructor:toString", "x".repeat(MAX_CHANNEL_BYTES)),
);
const offset = fc.maxSafeNat();
const timestamp = fc.integer({ min: 0, max: 4_102_444_800_000 });
const epoch = fc.string({ minLength: 1, maxLength: 36 });
const position = fc.record({ epoch, offset });
const text = fc.string({ unit: "binary-ascii", maxLength: 30 });

/**
 * Values that every codec carries unchanged. Not among them: -0, which JSON writes as 0, and a field named
 * `__proto__`, which a MessagePack reader refuses.
 */
export const payload: Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !/"__proto__":/.test(JSON.stringify(value)))
  .map((value) => JSON.parse(JSON.stringify(value)));

function message<M extends { type: string }>(
  type: M["type"],
  required: object,
  optional: object = {},
): Arbitrary<M> {
  const fields = { type: fc.constant(type), ...required };
  const model: Record<string, Arbitrary<unknown>> = { ...fields, ...optional };
  // that each message is valid is what the tests check first
  return fc.record(model, { requiredKeys: Object.keys(fields) }) as Arbitrary<M>;
}

/** One generator for each type a client may send. */
export const clientMessages = {
  auth: message("auth", { token: fc.string({ minLength: 1 }) }, { id: requestId }),
  subscribe: message(
    "subscribe",
    { channel },
    {
      id: requestId,
      since: position,
      rewind: fc.nat(DEFAULT_MAX_REPLAY),
      maxRate: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
      params: payload,
    },
  ),
  unsubscribe: message("unsubscribe", { channel }, { id: requestId }),
  publish: message("publish", { id: requestId, channel, data: payload }, { key: requestId }),
  call: message("call", { id: requestId, method: id }, { params: payload }),
  history: message(
    "history",
    { id: requestId, channel },
    {
      since: position,
      limit: fc.integer({ min: 1, max: DEFAULT_MAX_REPLAY }),
      reverse: fc.boolean(),
    },
  ),
  presence: message("presence", { id: requestId, channel }),
  ping: message("ping", {}, { id: requestId }),
} satisfies { [T in ClientMessage["type"]]: Arbitrary<ClientMessageOf<T>> };

/** One generator for each type a server may send. */
export const serverMessages = {
  connected: message(
    "connected",
    {
      clientId: text,
      sessionId: text,
      protocol: fc.constant(1),
      heartbeat: fc.record({ intervalMs: fc.nat(), timeoutMs: fc.nat() }),
      limits: fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.nat(), { noNullPrototype: true }),
      timestamp,
    },
    { userId: text, expiresAt: timestamp },
  ),
  authenticated: message(
    "authenticated",
    { userId: text },
    { id: requestId, expiresAt: timestamp },
  ),
  subscribed: message(
    "subscribed",
    {
      channel,
      mode: fc.constantFrom("latest", "table", "log", "signal"),
      epoch,
      offset,
      recovery: fc.constantFrom(...RECOVERY_OUTCOMES),
    },
    {
      id: requestId,
      gap: fc.record({ from: offset, to: offset, reason: fc.constantFrom(...GAP_REASONS) }),
      snapshot: payload,
    },
  ),
  unsubscribed: message("unsubscribed", { channel }, { id: requestId, reason: text }),
  event: message(
    "event",
    { channel, timestamp },
    {
      offset,
      data: payload,
      key: text,
      removed: fc.boolean(),
      replayed: fc.boolean(),
      conflated: fc.nat(),
    },
  ),
  patch: message(
    "patch",
    { channel, offset, base: offset, patch: payload, timestamp },
    { key: text },
  ),
  published: message("published", {
    id: requestId,
    channel,
    offset,
    epoch,
    duplicate: fc.boolean(),
  }),
  result: message("result", { id: requestId }, { data: payload }),
  error: message(
    "error",
    { code: fc.constantFrom(...ERROR_CODES), message: text },
    { id: requestId, channel, details: payload, retryAfterMs: fc.nat() },
  ),
  pong: message("pong", { timestamp }, { id: requestId, reconnectWithinMs: fc.nat() }),
  goaway: message("goaway", { reason: text, reconnectAfterMs: fc.nat() }),
} satisfies { [T in ServerMessage["type"]]: Arbitrary<ServerMessageOf<T>> };

/** Any valid client message. */
export const anyClientMessage: Arbitrary<ClientMessage> = fc.oneof(
  ...Object.values(clientMessages),
);

/** Any valid server message. */
export const anyServerMessage: Arbitrary<ServerMessage> = fc.oneof(
  ...Object.values(serverMessages),
);
