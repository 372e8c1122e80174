import type {
  ClientMessage,
  Codec,
  Decoded,
  ServerMessage,
  ServerMessageOf,
} from "@tocsin/protocol";
import { UnwritableError, webSocketFrame } from "./frame.js";
import type { Principal, UpgradeInfo } from "./principal.js";

/**
 * Somebody else's format on a path of its own, so that clients which exist already connect unchanged. What a
 * connection has to say for itself is said in its {@link Conversation}; events are written for all at once.
 */
export interface Dialect {
  /**
   * Path of its sockets, compared whole. It may end in `/{token}`: what a client has there is handed to
   * `authenticate`, and neither hooks nor logs see it.
   */
  readonly path: string;
  /** Whether its frames are binary. Default: they are text. */
  readonly binary?: boolean;
  /**
   * Writes events of one channel, all there were in one turn, as one frame: once, whatever the number of readers.
   * A reader who lags gets the newest of each one by one. `undefined` when the format has no word for them.
   */
  events(events: readonly ServerMessageOf<"event">[]): string | Uint8Array | undefined;
  /** Somebody has come in. */
  open(caller: Caller): Conversation;
}

/** Who has come in. */
export interface Caller {
  readonly clientId: string;
  readonly request: UpgradeInfo;
  /** `undefined` when the hub asks nobody, or has not been told yet. */
  readonly principal: Principal | undefined;
}

/** One connection's side of a {@link Dialect}, and all that it has to remember. */
export interface Conversation {
  /** What is done as if the client had asked for it, once it is in. */
  readonly first?: readonly ClientMessage[];
  /** Reads one frame. Never throws: what is wrong with it is a value. */
  decode(frame: string | Uint8Array): Understood;
  /** Writes what this client alone is told, in any number of frames; none when the format has no word for it. */
  encode(message: ServerMessage): readonly (string | Uint8Array)[];
}

/** What a frame asks for, or why that cannot be told. Each message counts against the client's rate. */
export type Understood =
  | { readonly ok: true; readonly messages: readonly ClientMessage[] }
  | Extract<Decoded<never>, { readonly ok: false }>;

/** What a dialect looks like to an outbox. One for all its connections: by it they share frames. */
export interface DialectCodec extends Codec {
  /** Writes events of one channel as one payload. */
  together: Dialect["events"];
}

/** The codec of a dialect. It writes events and nothing else; patches have no base in another format. */
export function dialectCodec(dialect: Dialect): DialectCodec {
  return {
    subprotocol: undefined,
    binary: dialect.binary ?? false,
    parse: () => ({ ok: false, message: "frames of a dialect are read by its conversations" }),
    serialize: (message) => (isEvent(message) ? dialect.events([message]) : undefined),
    together: (events) => dialect.events(events),
  };
}

/** Whether events go out together, and conflated ones as all others. */
export function isDialectCodec(codec: Codec): codec is DialectCodec {
  return "together" in codec;
}

/**
 * Some events as one frame; `undefined` when the dialect has no word for them.
 *
 * @throws {@link UnwritableError} when the dialect throws.
 */
export function togetherFrame(
  codec: DialectCodec,
  events: readonly ServerMessageOf<"event">[],
): Buffer | undefined {
  const payload = written("events", () => codec.together(events));
  return payload === undefined ? undefined : webSocketFrame(payload);
}

/**
 * What one client is told, as frames in one piece; `undefined` when the dialect has no word for it.
 *
 * @throws {@link UnwritableError} when the dialect throws.
 */
export function toldFrames(
  conversation: Conversation,
  message: ServerMessage,
): Uint8Array | undefined {
  const [first, ...more] = written(message.type, () => conversation.encode(message));
  if (first === undefined) return undefined;
  const frame = webSocketFrame(first);
  return more.length === 0 ? frame : Buffer.concat([frame, ...more.map(webSocketFrame)]);
}

function written<T>(what: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new UnwritableError(`a dialect threw at ${what}`, { cause });
  }
}

function isEvent(message: { readonly type: string }): message is ServerMessageOf<"event"> {
  return message.type === "event";
}
