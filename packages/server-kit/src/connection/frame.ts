import type { Codec, ServerMessage } from "@tocsin/protocol";

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

/** One message as a frame; `undefined` when the codec has no word for it. */
export function encodeFrame(codec: Codec, message: ServerMessage): Buffer | undefined {
  const payload = codec.serialize(message);
  return payload === undefined ? undefined : webSocketFrame(payload);
}
