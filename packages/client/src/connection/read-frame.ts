import type { Codec, ServerMessage, ServerMessageOf } from "@tocsin/protocol";

/** A message, `undefined` for one of a type from a later version, or what is wrong with the frame. */
export type ReadFrame =
  | { readonly ok: true; readonly message: ServerMessage | undefined }
  | { readonly ok: false; readonly problem: string };

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const flag: Check = (value) => typeof value === "boolean";
const anything: Check = () => true;
const present: Check = (value) => value !== undefined;
const offset: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && wrongField(value, fields) === undefined;

/**
 * The fields of every server message. It says nothing the protocol's zod schemas do not say, and a test holds the
 * two together; zod itself would take most of the byte budget of this package. The type makes a message or a field
 * that is missing here an error.
 */
const FIELDS: {
  readonly [T in ServerMessage["type"]]: {
    readonly [K in keyof Omit<ServerMessageOf<T>, "type">]-?: Check;
  };
} = {
  connected: {
    clientId: text,
    sessionId: text,
    protocol: number,
    heartbeat: shape({ intervalMs: number, timeoutMs: number }),
    limits: (value) => isRecord(value) && Object.values(value).every(number),
    userId: maybe(text),
    expiresAt: maybe(number),
    reconnectWithinMs: maybe(number),
    timestamp: number,
  },
  authenticated: { id: maybe(text), userId: text, expiresAt: maybe(number) },
  subscribed: {
    id: maybe(text),
    channel: text,
    mode: text,
    epoch: text,
    offset,
    recovery: text,
    gap: maybe(shape({ from: offset, to: offset, reason: text })),
    snapshot: anything,
  },
  unsubscribed: { id: maybe(text), channel: text, reason: maybe(text) },
  event: {
    channel: text,
    offset: maybe(offset),
    data: anything,
    timestamp: number,
    key: maybe(text),
    removed: maybe(flag),
    replayed: maybe(flag),
    conflated: maybe(number),
  },
  patch: {
    channel: text,
    offset,
    base: offset,
    patch: present,
    key: maybe(text),
    timestamp: number,
  },
  published: { id: text, channel: text, offset, epoch: text, duplicate: flag },
  result: { id: text, data: anything },
  error: {
    id: maybe(text),
    channel: maybe(text),
    code: text,
    message: text,
    details: anything,
    retryAfterMs: maybe(number),
  },
  pong: { id: maybe(text), reconnectWithinMs: maybe(number), timestamp: number },
  goaway: { reason: text, reconnectAfterMs: number },
};

/** Reads what a server sent. Never throws; unknown fields and unknown types are let through. */
export function readFrame(codec: Codec, data: string | Uint8Array): ReadFrame {
  const parsed = codec.parse(data);
  if (!parsed.ok) return { ok: false, problem: parsed.message };
  const { value } = parsed;
  if (!isRecord(value)) return { ok: false, problem: 'a message is an object with a "type"' };
  const fields = fieldsOf(value.type);
  if (fields === undefined) return { ok: true, message: undefined };
  const wrong = wrongField(value, fields);
  if (wrong !== undefined) {
    return { ok: false, problem: `"${wrong}" of a message of type ${value.type} is not valid` };
  }
  return { ok: true, message: value as ServerMessage };
}

/** Whether a value is an object with fields, the shape of everything on the wire. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(type: unknown): Readonly<Record<string, Check>> | undefined {
  return typeof type === "string" && Object.hasOwn(FIELDS, type)
    ? FIELDS[type as ServerMessage["type"]]
    : undefined;
}

function wrongField(
  value: Record<string, unknown>,
  fields: Readonly<Record<string, Check>>,
): string | undefined {
  for (const name in fields) if (!fields[name]?.(value[name])) return name;
  return undefined;
}
