import { type Codec, defineContract, jsonCodec, latest, log } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Socket, SocketListener } from "../connection/socket.js";
import { settled } from "../testing/fake-client.js";
import { createHub } from "./create-hub.js";

/**
 * What a delivery costs, counted rather than timed: writes, encodings and buffers. These numbers are the same on
 * every machine, and when one of them grows, the fan-out has become slower.
 */

const contract = defineContract({
  channels: {
    news: log("news", z.string(), { history: { size: 100 } }),
    price: latest("price:{symbol}", z.number()),
  },
});

/** A codec that counts what it writes, by type of message. */
function countingCodec() {
  const counts = new Map<string, number>();
  const codec: Codec = {
    ...jsonCodec,
    serialize(message) {
      counts.set(message.type, (counts.get(message.type) ?? 0) + 1);
      return jsonCodec.serialize(message);
    },
  };
  return { codec, events: () => (counts.get("event") ?? 0) + (counts.get("patch") ?? 0) };
}

/** A hub with readers that count what is handed to their sockets, past the stream or not. */
async function crowd(
  codecs: readonly Codec[],
  direct: boolean,
  channelsOf: (n: number) => string[],
) {
  const hub = createHub({
    contract,
    codecs,
    limits: { connections: 10_000, connectionsPerAddress: 10_000, connectsPerSecond: 100_000 },
  });
  let writes = 0;
  let bytes = 0;
  const buffers = new Set<Uint8Array>();
  const open = async (n: number) => {
    const place = await hub.gate.reserve({ path: "/ws", headers: {}, remoteAddress: "192.0.2.1" });
    if ("status" in place) throw new Error(place.reason);
    let listener: SocketListener | undefined;
    const take = (frames: Uint8Array, size = frames.byteLength) => {
      writes += 1;
      bytes += size;
      buffers.add(frames);
      return size;
    };
    const socket: Socket = {
      queuedBytes: 0,
      listen(to) {
        listener = to;
      },
      write: (frames) => void take(frames),
      ping() {},
      close() {},
      terminate() {},
      ...(direct && { writeNow: take }),
    };
    place.open(socket, codecs[n % codecs.length] ?? jsonCodec);
    for (const channel of channelsOf(n)) {
      listener?.frame(JSON.stringify({ type: "subscribe", channel }));
    }
  };
  return {
    hub,
    open,
    /** What happened since the last time this was asked. */
    take() {
      const seen = { writes, bytes, buffers: buffers.size };
      writes = 0;
      bytes = 0;
      buffers.clear();
      return seen;
    },
  };
}

async function opened(readers: number, channelsOf: (n: number) => string[], direct: boolean) {
  const counting = countingCodec();
  const room = await crowd([counting.codec], direct, channelsOf);
  for (let n = 0; n < readers; n++) await room.open(n);
  await settled();
  await settled();
  room.take();
  return { ...room, events: counting.events };
}

describe.each([{ direct: true }, { direct: false }])("a fan-out, direct: $direct", ({ direct }) => {
  it("of one event a turn costs one write a delivery, and one buffer for all", async () => {
    const { hub, take, events } = await opened(1_000, () => ["news"], direct);
    for (let turn = 0; turn < 5; turn++) {
      await hub.publish(contract.news(), `event ${turn}`);
      await settled();
      expect(take()).toMatchObject({ writes: 1_000, buffers: 1 });
    }
    expect(events()).toBe(5);
    expect(hub.stats().delivered).toBe(5_000);
  });

  it("of 50 events a turn costs a fiftieth of a write a delivery, and one buffer for all", async () => {
    const { hub, take, events } = await opened(1_000, () => ["news"], direct);
    for (let turn = 0; turn < 3; turn++) {
      for (let n = 0; n < 50; n++) void hub.publish(contract.news(), `event ${turn} ${n}`);
      await settled();
      expect(take()).toMatchObject({ writes: 1_000, buffers: 1 });
    }
    expect(events()).toBe(150);
    expect(hub.stats().delivered).toBe(150_000);
  });

  it("of many channels costs one write for each reader that gets something, and none for the others", async () => {
    const symbols = (n: number) =>
      Array.from({ length: 10 }, (_, k) => `price:${(n * 10 + k) % 200}`);
    const { hub, take, events } = await opened(500, symbols, direct);
    for (let turn = 1; turn <= 3; turn++) {
      for (let n = 0; n < 100; n++)
        void hub.publish(contract.price({ symbol: n }), turn * 1_000 + n);
      await settled();
      // symbols 0 to 99 are those of every first half of 20 readers; 10 different sets of them
      const { writes, buffers } = take();
      expect(writes).toBe(250);
      expect(buffers).toBeLessThanOrEqual(10 + 1); // what passes through for the first of a set is the same buffer
      expect(events()).toBe(turn * 100);
    }
  });

  it("writes as many bytes as its events have, whatever the number of channels they came on", async () => {
    const { hub, take } = await opened(3, () => ["news", "price:1"], direct);
    await hub.publish(contract.news(), "x".repeat(1_000));
    await settled();
    const one = take().bytes / 3;
    for (let n = 0; n < 20; n++) await hub.publish(contract.news(), "x".repeat(1_000));
    await settled();
    expect(take().bytes / 3 / one).toBeCloseTo(20, 0);
  });
});

describe("an event for readers of two formats", () => {
  it("is written once in each, however many they are", async () => {
    const [one, other] = [countingCodec(), countingCodec()];
    const { hub, open } = await crowd([one.codec, other.codec], true, () => ["news"]);
    for (let n = 0; n < 100; n++) await open(n);
    await settled();
    await settled();
    await hub.publish(contract.news(), "hello");
    await settled();
    expect([one.events(), other.events()]).toEqual([1, 1]);
  });

  it("is not written in a format that nobody reads", async () => {
    const [one, other] = [countingCodec(), countingCodec()];
    const { hub, open } = await crowd([one.codec, other.codec], true, () => ["news"]);
    await open(0);
    await settled();
    await hub.publish(contract.news(), "hello");
    await settled();
    expect([one.events(), other.events()]).toEqual([1, 0]);
  });
});

describe("a connection that is silent", () => {
  it("has no lanes, no line and nobody waiting", async () => {
    const { hub } = await opened(10, () => ["news", "price:1"], true);
    for (const { outbox } of hub.connections.all()) {
      expect(outbox).toMatchObject({ lanes: undefined, caughtUp: undefined, touched: false });
      expect(outbox.ready.bytes).toBe(0);
    }
  });

  it("shares the refs of its channels with their other readers", async () => {
    const { hub } = await opened(10, () => ["news", "price:1"], true);
    const refs = new Set(
      [...hub.connections.all()].flatMap((one) =>
        [...hub.subscriptions.of(one)].map(({ channel }) => channel),
      ),
    );
    expect(refs.size).toBe(2);
  });
});
