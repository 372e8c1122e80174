/** Just enough of RFC 6455 for readers that count frames: no library, so that a reader costs as little as it can. */

/** The upgrade request of a reader. */
export function upgradeRequest(path: string, subprotocol?: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  if (subprotocol) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
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

/** An unmasked text frame from a server. */
export function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const header = Buffer.alloc(long ? 4 : 2);
  header[0] = 0x81;
  header[1] = long ? 126 : payload.length;
  if (long) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Counts the frames of one stream by walking their headers. Frames may be cut anywhere between two chunks. */
export class FrameCounter {
  /** Payload bytes of the current frame still to come. */
  private left = 0;
  private rest: Buffer | undefined;
  /** Frames with at least {@link threshold} bytes seen since the last {@link take}. */
  private count = 0;

  constructor(private readonly threshold: number) {}

  feed(chunk: Buffer): void {
    let bytes = chunk;
    if (this.rest) {
      bytes = Buffer.concat([this.rest, chunk]);
      this.rest = undefined;
    }
    let at = 0;
    if (this.left > 0) {
      const skipped = Math.min(this.left, bytes.length);
      this.left -= skipped;
      at = skipped;
    }
    while (at < bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + header > bytes.length) {
        this.rest = Buffer.from(bytes.subarray(at)); // the chunk's memory is used again
        return;
      }
      const size =
        short < 126
          ? short
          : short === 126
            ? bytes.readUInt16BE(at + 2)
            : Number(bytes.readBigUInt64BE(at + 2));
      if (size >= this.threshold) this.count += 1;
      const end = at + header + size;
      if (end > bytes.length) {
        this.left = end - bytes.length;
        return;
      }
      at = end;
    }
  }

  take(): number {
    const { count } = this;
    this.count = 0;
    return count;
  }
}
