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
  /** Who those are who bring no token. Default: a hub with `authenticate` waits for one, as on its own path. */
  readonly guest?: Principal;
  /**
   * Writes events of one channel, all there were in one turn, as any number of frames: once, whatever the number of
   * readers. A reader who lags gets the newest of each value one by one.
   */
  events(events: readonly ServerMessageOf<"event">[]): Frames;
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
  /** Writes what this client alone is told. */
  encode(message: ServerMessage): Frames;
}

/** What some frames hold; none says that the format has no word for it. */
export type Frames = readonly (string | Uint8Array)[];

/** What a frame asks for, or why that cannot be told. Each message counts against the client's rate. */
export type Understood =
  | { readonly ok: true; readonly messages: readonly ClientMessage[] }
  | Extract<Decoded<never>, { readonly ok: false }>;

/** What a dialect looks like to an outbox. One for all its connections: by it they share frames. */
export interface DialectCodec extends Codec {
  /** Writes events of one channel. */
  together: Dialect["events"];
}

/** The codec of a dialect. It writes events and nothing else; patches have no base in another format. */
export function dialectCodec(dialect: Dialect): DialectCodec {
  return {
    subprotocol: undefined,
    binary: dialect.binary ?? false,
    parse: () => ({ ok: false, message: "frames of a dialect are read by its conversations" }),
    serialize: () => undefined,
    together: (events) => dialect.events(events),
  };
}

/** Whether events are written by the function below. */
export function isDialectCodec(codec: Codec): codec is DialectCodec {
  return "together" in codec;
}

/**
 * Some events as frames in one piece; `undefined` when the dialect has no word for them.
 *
 * @throws {@link UnwritableError} when the dialect throws.
 */
export function togetherFrames(
  codec: DialectCodec,
  events: readonly ServerMessageOf<"event">[],
): Uint8Array | undefined {
  return framed("events", () => codec.together(events));
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
  return framed(message.type, () => conversation.encode(message));
}

function framed(what: string, write: () => Frames): Uint8Array | undefined {
  let payloads: Frames;
  try {
    payloads = write();
  } catch (cause) {
    throw new UnwritableError(`a dialect threw at ${what}`, { cause });
  }
  const [first, ...more] = payloads;
  if (first === undefined) return undefined;
  const frame = webSocketFrame(first);
  return more.length === 0 ? frame : Buffer.concat([frame, ...more.map(webSocketFrame)]);
}
