import { describe, expect, it } from "vitest";
import { type Counter, createCounter } from "./counter.js";
import { connectPacket, mqttPackets, publishPacket, subscribePacket } from "./mqtt.js";
import { natsMessages, publishLines } from "./nats.js";
import { clientFrame, framesOf, serverFrame } from "./web-socket.js";

const formats: readonly (readonly [string, () => Counter, Buffer, number])[] = [
  [
    "WebSocket frames",
    () => createCounter(framesOf(100)),
    Buffer.concat(
      [3, 125, 126, 99, 100, 40_000].map((size) => serverFrame(Buffer.alloc(size, "x"))),
    ),
    4,
  ],
  [
    "NATS messages",
    () => createCounter(natsMessages),
    Buffer.from(
      `INFO {"max_payload":1}\r\nMSG c.1 1 5\r\nMSG 1\r\nPING\r\nMSG c.22 3 0\r\n\r\nMSG c.1 1 2\r\n\r\n\r\n`,
    ),
    3,
  ],
  [
    "MQTT packets",
    () => createCounter(mqttPackets),
    Buffer.concat([
      connectPacket("a"),
      publishPacket("c/1", "x".repeat(10)),
      subscribePacket(["c/1", "c/2"]),
      publishPacket("c/1", "x".repeat(200)),
      publishPacket("c/1", "x".repeat(20_000)),
    ]),
    3,
  ],
];

describe.each(formats)("a counter of %s", (_name, make, stream, events) => {
  it("counts the events among the rest", () => {
    const counter = make();
    counter.feed(stream);
    expect(counter.take()).toBe(events);
    expect(counter.take()).toBe(0);
  });

  it.each([1, 2, 3, 7, 64, 1_000])("counts the same when they come %d bytes at a time", (size) => {
    const counter = make();
    const memory = Buffer.alloc(size); // used again for each chunk, as that of a socket is
    for (let at = 0; at < stream.length; at += size) {
      counter.feed(memory.subarray(0, stream.copy(memory, 0, at, at + size)));
    }
    expect(counter.take()).toBe(events);
  });
});

describe("a client's frame", () => {
  it("is masked with zeros, so that its text can be read", () => {
    const frame = clientFrame("x".repeat(126));
    expect([...frame.subarray(0, 8)]).toEqual([0x81, 0xfe, 0, 126, 0, 0, 0, 0]);
    expect(frame.toString("latin1", 8)).toBe("x".repeat(126));
  });
});

describe("a publish of NATS", () => {
  it("says the size of its payload in bytes", () => {
    expect(publishLines("c.1", "é")).toBe("PUB c.1 2\r\né\r\n");
  });
});
