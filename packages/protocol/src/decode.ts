import type * as z from "zod/mini";
import { type ClientMessage, clientMessage } from "./client-message.js";
import type { Codec } from "./codec.js";
import type { ErrorCode } from "./error-codes.js";
import { explain } from "./explain.js";
import { MAX_DEPTH, MAX_ID_LENGTH } from "./limits.js";
import type { Problem } from "./schema.js";
import { type ServerMessage, serverMessage } from "./server-message.js";

/** A message, or why a frame holds none. `id` and `type` are what could be read, to answer with. */
export type Decoded<M> =
  | { readonly ok: true; readonly message: M }
  | {
      readonly ok: false;
      readonly why: Extract<ErrorCode, "malformed" | "unknown-type" | "invalid-message">;
      readonly problem: Problem;
      readonly id?: string;
      readonly type?: string;
    };

/** Reads what a client sent. Never throws. */
export function decodeClientMessage(
  codec: Codec,
  frame: string | Uint8Array,
): Decoded<ClientMessage> {
  const decoded = read(codec, frame, clientMessage, CLIENT_TYPES(), MAX_DEPTH);
  if (!decoded.ok) return decoded;
  // MessagePack readers refuse such a field: one JSON client could publish what ends every other reader.
  const poisoned = Object.entries(decoded.message).find(([, value]) => namesPrototype(value));
  if (poisoned === undefined) return decoded;
  const problem = 'must not hold a field named "__proto__"';
  return { ...refused("invalid-message", poisoned[0], problem), ...answerTo(decoded.message) };
}

/** Reads what a server sent. Never throws. */
export function decodeServerMessage(
  codec: Codec,
  frame: string | Uint8Array,
): Decoded<ServerMessage> {
  return read(codec, frame, serverMessage, SERVER_TYPES(), MAX_DEPTH + WRAPPING);
}

/**
 * A payload lies deeper in a snapshot and in a `history` result than in the `publish` it came with. Without the
 * difference a payload at the limit would be accepted, and then be a message that no reader accepts.
 */
const WRAPPING = 4;

type Union = z.ZodMiniDiscriminatedUnion<
  readonly z.ZodMiniObject<{ type: z.ZodMiniLiteral<string> }>[]
>;

function typesOf(union: unknown): () => ReadonlySet<string> {
  let types: ReadonlySet<string> | undefined;
  return () => {
    types ??= new Set((union as Union).def.options.flatMap((o) => o.shape.type.def.values));
    return types;
  };
}
const CLIENT_TYPES = /* @__PURE__ */ typesOf(clientMessage);
const SERVER_TYPES = /* @__PURE__ */ typesOf(serverMessage);

function read<S extends z.ZodMiniType>(
  codec: Codec,
  frame: string | Uint8Array,
  schema: S,
  types: ReadonlySet<string>,
  maxDepth: number,
): Decoded<z.infer<S>> {
  const parsed = codec.parse(frame);
  if (!parsed.ok) return refused("malformed", "", parsed.message);
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refused("malformed", "", 'a message is an object with a "type"');
  }
  if (deeperThan(value, maxDepth)) {
    return refused("malformed", "", `a message nests at most ${maxDepth} levels deep`);
  }
  const known = answerTo(value);
  if (known.type === undefined || !types.has(known.type)) {
    return {
      ...refused("unknown-type", "type", `must be one of ${[...types].join(", ")}`),
      ...known,
    };
  }
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, message: result.data };
  return { ok: false, why: "invalid-message", problem: explain(result.error), ...known };
}

function refused<W extends (Decoded<never> & { ok: false })["why"]>(
  why: W,
  field: string,
  message: string,
) {
  return { ok: false, why, problem: { field, message } } as const;
}

function answerTo(value: object): { id?: string; type?: string } {
  const id = "id" in value && typeof value.id === "string" ? value.id : "";
  const type = "type" in value && typeof value.type === "string" ? value.type : undefined;
  return {
    ...(id.length > 0 && id.length <= MAX_ID_LENGTH && { id }),
    ...(type !== undefined && { type }),
  };
}

/** Whether a value has a field named `__proto__` somewhere. Call once the depth is known to be bounded. */
function namesPrototype(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(namesPrototype);
}

/** Stops at the limit, so its own recursion is bounded by it. */
function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => deeperThan(item, levels - 1));
  for (const key in value) {
    if (deeperThan(value[key as keyof typeof value], levels - 1)) return true;
  }
  return false;
}
