/** Just enough of MQTT 3.1.1 at quality of service 0, for readers that count and a publisher that does not wait. */
import type { Measure } from "./counter.js";

const CONNECT = 0x10;
const PUBLISH = 0x30;
const SUBSCRIBE = 0x82;

/** What a server answers to {@link connectPacket}: accepted, nothing known of earlier sessions. */
export const CONNACK = Buffer.from([0x20, 0x02, 0x00, 0x00]);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const size: number[] = [];
  for (let left = body.length; left > 0 || size.length === 0; left = left >>> 7) {
    size.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  }
  return Buffer.concat([Buffer.from([type, ...size]), body]);
}

/** Opens a clean session without a keep-alive. */
export function connectPacket(clientId: string): Buffer {
  return packet(CONNECT, text("MQTT"), Buffer.from([4, 0x02, 0, 0]), text(clientId));
}

/** Subscribes to topics at quality of service 0. */
export function subscribePacket(topics: readonly string[]): Buffer {
  const wanted = topics.flatMap((topic) => [text(topic), Buffer.from([0])]);
  return packet(SUBSCRIBE, Buffer.from([0, 1]), ...wanted);
}

/** Publishes at quality of service 0. */
export function publishPacket(topic: string, payload: string): Buffer {
  return packet(PUBLISH, text(topic), Buffer.from(payload));
}

/** PUBLISH packets are events. */
export const mqttPackets: Measure = (bytes, at) => {
  let size = 0;
  for (let n = 0; n < 4; n++) {
    const digit = bytes[at + 1 + n];
    if (digit === undefined) return undefined;
    size += (digit & 0x7f) * 128 ** n;
    if (digit < 0x80) {
      return { size: 2 + n + size, isEvent: ((bytes[at] ?? 0) & 0xf0) === PUBLISH };
    }
  }
  throw new Error("a length of more than four bytes is not MQTT");
};
