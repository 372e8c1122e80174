import { jsonCodec } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import type { ChannelEvent } from "../store/event.js";
import { fakeSocket } from "../testing/fake-socket.js";
import { encodedEvent } from "./encoded-event.js";
import { encodeFrame } from "./frame.js";
import {
  createOutbox,
  flushOutbox,
  forgetChannel,
  heldBytes,
  type Outbox,
  putEvent,
  putReady,
  putUrgent,
} from "./outbox.js";

const BUDGET = 75_000;

function event(fields: Partial<ChannelEvent> & Pick<ChannelEvent, "mode">): ChannelEvent {
  return { channel: "c", epoch: "e", offset: 1, data: null, timestamp: 0, ...fields };
}

/** An outbox whose reader has stopped reading with a full window. */
function behind() {
  const socket = fakeSocket();
  const outbox = createOutbox(socket, jsonCodec, BUDGET);
  socket.stall();
  putReady(outbox, frameOf("x".repeat(70_000)));
  flushOutbox(outbox);
  return { socket, outbox };
}

function frameOf(text: string): Uint8Array {
  const frame = encodeFrame(jsonCodec, { type: "goaway", reason: text, reconnectAfterMs: 0 });
  if (!frame) throw new Error("json has a word for everything");
  return frame;
}

function put(outbox: Outbox, ...events: readonly ChannelEvent[]) {
  return events.map((one) => putEvent(outbox, encodedEvent(one)));
}

/** What came out after the first, oversize frame. */
function received({ socket, outbox }: ReturnType<typeof behind>) {
  socket.drain();
  flushOutbox(outbox);
  return socket.sent.slice(1);
}

describe("an outbox whose reader keeps up", () => {
  it("sends everything of one turn in one write, in order", () => {
    const socket = fakeSocket();
    const outbox = createOutbox(socket, jsonCodec, BUDGET);
    put(outbox, event({ mode: "latest", data: 1 }), event({ mode: "log", data: 2 }));
    putUrgent(outbox, frameOf("bye"));
    flushOutbox(outbox);
    expect(socket.writes).toBe(1);
    expect(socket.sent.map((m) => ("data" in m ? m.data : m.type))).toEqual([1, 2, "goaway"]);
  });

  it("leaves nothing behind when the kernel takes all at once, for then nothing drains", () => {
    const socket = { ...fakeSocket(), queuedBytes: 0 };
    const written: Uint8Array[] = [];
    socket.write = (frames) => void written.push(frames);
    const outbox = createOutbox(socket, jsonCodec, 1_048_576);
    const frame = frameOf("x".repeat(30_000));
    for (let count = 0; count < 10; count += 1) putUrgent(outbox, frame);
    flushOutbox(outbox);
    expect(written.reduce((bytes, { byteLength }) => bytes + byteLength, 0)).toBe(
      10 * frame.byteLength,
    );
    expect(heldBytes(outbox)).toBe(0);
  });

  it("does not conflate", () => {
    const socket = fakeSocket();
    const outbox = createOutbox(socket, jsonCodec, BUDGET);
    put(outbox, ...[1, 2, 3].map((offset) => event({ mode: "latest", offset })));
    flushOutbox(outbox);
    expect(socket.sent).toHaveLength(3);
  });

  it("lets a frame larger than the window through when nothing else is on its way", () => {
    const outbox = createOutbox(fakeSocket(), jsonCodec, BUDGET);
    expect(putReady(outbox, frameOf("x".repeat(200_000)))).toBe(true);
    expect(putReady(outbox, frameOf("y"))).toBe(false);
  });
});

describe("an outbox whose reader is behind", () => {
  it("keeps only the newest value of a latest channel and counts the skipped ones", () => {
    const slow = behind();
    put(slow.outbox, ...[1, 2, 3].map((offset) => event({ mode: "latest", offset, data: offset })));
    expect(received(slow)).toMatchObject([{ type: "event", offset: 3, data: 3, conflated: 2 }]);
  });

  it("does not claim to have conflated a value that waited alone", () => {
    const slow = behind();
    put(slow.outbox, event({ mode: "latest" }));
    expect(received(slow)[0]).not.toHaveProperty("conflated");
  });

  it("conflates a table per key, and a removed row stays removed", () => {
    const slow = behind();
    put(
      slow.outbox,
      event({ mode: "table", key: "a", offset: 1, data: 1 }),
      event({ mode: "table", key: "b", offset: 2, data: 1 }),
      event({ mode: "table", key: "a", offset: 3, removed: true }),
    );
    expect(received(slow)).toMatchObject([
      { key: "b", offset: 2, data: 1 },
      { key: "a", offset: 3, removed: true, conflated: 1 },
    ]);
  });

  it("lets a row out even when it changes all the time, and rows in the order of their offsets", () => {
    const slow = behind();
    const rows = (offset: number, ...keys: string[]) =>
      put(
        slow.outbox,
        ...keys.map((key, n) =>
          event({ mode: "table", key, offset: offset + n, data: "x".repeat(40_000) }),
        ),
      );
    const bigOutbox = { ...slow.outbox, budgetBytes: 1_000_000 };
    slow.outbox = bigOutbox;
    rows(1, "hot", "a", "b");
    const seen: (number | undefined)[] = [];
    for (let round = 0; round < 4; round++) {
      for (const message of received(slow).slice(seen.length)) {
        if (message.type === "event") seen.push(message.offset);
      }
      slow.socket.stall();
      rows(10 + round, "hot");
    }
    expect(seen).toEqual([...seen].sort((x, y) => Number(x) - Number(y)));
    expect(
      slow.socket.sent.some((message) => message.type === "event" && message.key === "hot"),
    ).toBe(true);
  });

  it("keeps every log event, in order, and sends them before prices that came first", () => {
    const slow = behind();
    put(slow.outbox, event({ mode: "latest", channel: "price" }));
    put(
      slow.outbox,
      ...[1, 2, 3].map((offset) => event({ mode: "log", channel: "alerts", offset })),
    );
    const order = received(slow).map((m) => ("offset" in m ? [m.channel, m.offset] : m.type));
    expect(order).toEqual([
      ["alerts", 1],
      ["alerts", 2],
      ["alerts", 3],
      ["price", 1],
    ]);
  });

  it("says overflow when log events exceed the budget, and holds no more than it", () => {
    const { outbox } = behind();
    const outcomes = put(
      outbox,
      ...Array.from({ length: 100 }, (_, offset) =>
        event({ mode: "log", offset, data: "x".repeat(99) }),
      ),
    );
    expect(outcomes.at(-1)).toBe("overflow");
    expect(heldBytes(outbox)).toBeLessThanOrEqual(BUDGET);
    expect(heldBytes(outbox)).toBeGreaterThan(BUDGET - 500);
  });

  it("has a budget for each lane: a full state lane does not refuse an alert", () => {
    const { outbox } = behind();
    const prices = Array.from({ length: 100 }, (_, n) =>
      event({ mode: "latest", channel: `stock:${n}`, data: "x".repeat(99) }),
    );
    expect(put(outbox, ...prices)).toContain("overflow");
    expect(put(outbox, event({ mode: "log" }))).toEqual(["accepted"]);
  });

  it("drops the newest signals first and counts them", () => {
    const slow = behind();
    put(
      slow.outbox,
      ...Array.from({ length: 100 }, (_, n) =>
        event({ mode: "signal", data: `${n} ${"x".repeat(99)}` }),
      ),
    );
    expect(slow.outbox.dropped).toBeGreaterThan(0);
    const kept = received(slow).map((m) =>
      "data" in m ? Number(String(m.data).split(" ")[0]) : -1,
    );
    expect(kept).toEqual(kept.map((_, n) => n));
    expect(kept.length + slow.outbox.dropped).toBe(100);
  });

  it("counts held bytes to zero again once everything is out", () => {
    const slow = behind();
    put(slow.outbox, event({ mode: "log" }), event({ mode: "latest" }), event({ mode: "signal" }));
    expect(heldBytes(slow.outbox)).toBeGreaterThan(70_000);
    received(slow);
    expect(heldBytes(slow.outbox)).toBe(0);
    expect(slow.outbox.lanes).toBeUndefined();
  });

  it("forgets what waits of one channel and nothing else", () => {
    const slow = behind();
    put(
      slow.outbox,
      event({ mode: "table", channel: "a", key: "1" }),
      event({ mode: "latest", channel: "ab" }),
      event({ mode: "table", channel: "a", key: "2" }),
    );
    forgetChannel(slow.outbox, "a");
    expect(received(slow)).toMatchObject([{ channel: "ab" }]);
  });
});

/** A socket whose kernel takes so many bytes and no more until it is given room; the rest waits in its stream. */
function narrow(room: number) {
  const arrived: number[] = [];
  const stream: number[] = [];
  let tries = 0;
  const socket = {
    ...fakeSocket(),
    get queuedBytes() {
      return stream.length;
    },
    write: (frames: Uint8Array) => void stream.push(...frames),
    writeNow(bytes: Uint8Array, size: number) {
      tries += 1;
      if (stream.length > 0) return 0;
      const taken = Math.min(size, room);
      arrived.push(...bytes.subarray(0, taken));
      room -= taken;
      return taken;
    },
  };
  const giveRoom = (bytes: number) => {
    const moved = stream.splice(0, bytes);
    arrived.push(...moved);
    room = bytes - moved.length;
  };
  return { socket, arrived, giveRoom, tries: () => tries };
}

describe("an outbox whose socket can be written past its stream", () => {
  const frames = (length: number) =>
    Array.from({ length }, (_, n) => Uint8Array.from([n, n + 100, n + 50]));

  it("goes on with the stream where the kernel stopped, to the byte", () => {
    for (let room = 0; room <= 12; room++) {
      const { socket, arrived, giveRoom } = narrow(room);
      const outbox = createOutbox(socket, jsonCodec, BUDGET);
      const all = frames(4);
      for (const frame of all) putReady(outbox, frame);
      flushOutbox(outbox);
      expect(heldBytes(outbox)).toBe(12 - room);
      giveRoom(100);
      expect(arrived).toEqual(all.flatMap((frame) => [...frame]));
    }
  });

  it("never overtakes what waits in the stream", () => {
    const { socket, arrived, giveRoom, tries } = narrow(4);
    const outbox = createOutbox(socket, jsonCodec, BUDGET);
    const all = frames(6);
    for (const frame of all) {
      putReady(outbox, frame);
      flushOutbox(outbox);
    }
    expect(tries()).toBe(2); // the second one was cut; from then on the stream has to go first
    giveRoom(100);
    const last = Uint8Array.from([9]);
    putReady(outbox, last);
    flushOutbox(outbox);
    expect(tries()).toBe(3);
    expect(arrived).toEqual([...all, last].flatMap((frame) => [...frame]));
  });

  it("gives each of many readers its own bytes when some of them are cut short", () => {
    const shared = frames(3);
    const readers = [2, 100, 0, 5, 100].map((room) => {
      const line = narrow(room);
      return { ...line, outbox: createOutbox(line.socket, jsonCodec, BUDGET) };
    });
    for (const frame of shared) for (const { outbox } of readers) putReady(outbox, frame);
    for (const [n, { outbox }] of readers.entries()) putReady(outbox, Uint8Array.from([200 + n]));
    for (const { outbox } of readers) flushOutbox(outbox);
    for (const [n, { arrived, giveRoom }] of readers.entries()) {
      giveRoom(100);
      expect(arrived).toEqual([...shared.flatMap((frame) => [...frame]), 200 + n]);
    }
  });
});
