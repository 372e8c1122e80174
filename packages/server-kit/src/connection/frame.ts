import { type Codec, type ServerMessage, TocsinError } from "@tocsin/protocol";

const FIN = 0x80;
const TEXT = 0x1;
const BINARY = 0x2;

/**
 * A whole unmasked WebSocket frame around one payload (RFC 6455 section 5.2). Built here rather than by the
 * transport, so that the bytes are made once and shared by every reader.
 */
export function webSocketFrame(payload: string | Uint8Array): Buffer {
  const text = typeof payload === "string";
  const size = text ? Buffer.byteLength(payload) : payload.byteLength;
  const header = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + size);
  frame[0] = FIN | (text ? TEXT : BINARY);
  if (header === 2) frame[1] = size;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  if (text) frame.write(payload, header);
  else frame.set(payload, header);
  return frame;
}

/** A codec threw at a message; `cause` is what. The message is left out, and its reader is told. */
export class UnwritableError extends TocsinError {
  override name = "UnwritableError";
}

/**
 * One message as a frame; `undefined` when the codec has no word for it.
 *
 * @throws {@link UnwritableError} when the codec throws.
 */
export function encodeFrame(codec: Codec, message: ServerMessage): Buffer | undefined {
  let payload: string | Uint8Array | undefined;
  try {
    payload = codec.serialize(message);
  } catch (cause) {
    const format = codec.subprotocol ?? "a connection without a subprotocol";
    throw new UnwritableError(`the codec of ${format} threw at a message of type ${message.type}`, {
      cause,
    });
  }
  return payload === undefined ? undefined : webSocketFrame(payload);
}
