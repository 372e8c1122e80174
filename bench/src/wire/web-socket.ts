/** Just enough of RFC 6455 for readers that count frames: no library, so that a reader costs as little as it can. */
import type { Measure } from "./counter.js";

/** Answers {@link upgradeRequest}, whose key is always the same. */
export const ACCEPT =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

/** The upgrade request of a reader. */
export function upgradeRequest(
  path: string,
  { subprotocol, extensions }: { readonly subprotocol?: string; readonly extensions?: string } = {},
): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  if (subprotocol) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  if (extensions) lines.push(`Sec-WebSocket-Extensions: ${extensions}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A masked text frame from a reader to a server; the mask is zero, so the bytes stay as they are. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const header = Buffer.alloc(long ? 8 : 6);
  header[0] = 0x81;
  header[1] = 0x80 | (long ? 126 : payload.length);
  if (long) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** An unmasked text frame from a server; a compressed payload is marked as one. */
export function serverFrame(payload: Buffer, compressed = false): Buffer {
  const long = payload.length > 125;
  const header = Buffer.alloc(long ? 4 : 2);
  header[0] = compressed ? 0xc1 : 0x81;
  header[1] = long ? 126 : payload.length;
  if (long) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Frames with at least so many bytes of payload are events; what is smaller are replies and heartbeats. */
export function framesOf(threshold: number): Measure {
  return (bytes, at) => {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (at + header > bytes.length) return undefined;
    const payload =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    return { size: header + payload, isEvent: payload >= threshold };
  };
}
