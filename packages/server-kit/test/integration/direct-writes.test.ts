import { createHash } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, connect, type Socket as NetSocket } from "node:net";
import { jsonCodec } from "@tocsin/protocol";
import type { Socket, SocketListener } from "@tocsin/server-kit";
import { attachWebSocket, type Gate } from "@tocsin/server-kit/ws";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import WebSocket from "ws";
import { webSocketFrame } from "../../src/connection/frame.js";
import {
  createOutbox,
  flushOutbox,
  heldBytes,
  putReady,
  putUrgent,
} from "../../src/connection/outbox.js";
import { CERTIFICATE, PRIVATE_KEY } from "../support/self-signed.js";

/** Listens to nothing. */
const deaf: SocketListener = { frame() {}, alive() {}, refused() {}, drained() {}, closed() {} };

const open: (() => unknown)[] = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

/** A server that hands its sockets to the test as they open. */
async function serve(server: Server, directWrites?: "auto" | "off") {
  const opened: ((socket: Socket) => void)[] = [];
  const gate: Gate = {
    codecs: [jsonCodec],
    origins: "any",
    maxMessageBytes: 1_024,
    reserve: async () => ({ open: (socket) => opened.shift()?.(socket), cancel() {} }),
    turnedAway() {},
  };
  attachWebSocket(server, gate, directWrites && { directWrites });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const nextSocket = () => new Promise<Socket>((resolve) => opened.push(resolve));
  return { port, nextSocket };
}

/** A reader that sees every byte after the handshake, and reads only when it is told to. */
async function bareReader(port: number) {
  const stream = connect(port, "127.0.0.1");
  open.push(() => stream.destroy());
  const hash = createHash("sha256");
  let bytes = 0;
  let head: string | undefined = "";
  stream.on("data", (chunk) => {
    let rest = chunk;
    if (head !== undefined) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      rest = chunk.subarray(chunk.length - (head.length - end - 4));
      head = undefined;
    }
    bytes += rest.length;
    hash.update(rest);
  });
  stream.on("error", () => {});
  stream.write(
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  return { stream, bytes: () => bytes, digest: () => hash.digest("hex") };
}

/** What became of each write to a descriptor that looked like ours. */
function watchWrites() {
  const real = fs.writeSync;
  const seen = { whole: 0, part: 0, full: 0, other: 0 };
  const watched = (...args: unknown[]): number => {
    try {
      const taken = Reflect.apply(real, fs, args);
      if (taken === args[3]) seen.whole += 1;
      else seen.part += 1;
      return taken;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") seen.full += 1;
      else seen.other += 1;
      throw error;
    }
  };
  Object.assign(fs, { writeSync: watched });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs, { writeSync: real });
    syncBuiltinESMExports();
  });
  return seen;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Text that is nowhere the same, so that a byte too many, too few or in the wrong place changes the sum. */
function numbered(n: number, size: number): Buffer {
  return webSocketFrame(`${n} `.padEnd(size, String(n * 7_919)));
}

async function stalls(directWrites: "auto" | "off") {
  const { port, nextSocket } = await serve(createServer(), directWrites);
  const coming = nextSocket();
  const reader = await bareReader(port);
  const socket = await coming;
  const outbox = createOutbox(socket, jsonCodec, 2_000_000);
  socket.listen({ ...deaf, drained: () => flushOutbox(outbox) });
  const sent = createHash("sha256");
  let sentBytes = 0;
  const send = (frame: Buffer): boolean => {
    if (putUrgent(outbox, frame) === "overflow") return false;
    sent.update(frame);
    sentBytes += frame.byteLength;
    return true;
  };
  let n = 0;
  /** Until the kernel takes nothing at all, with nothing in the stream: the outbox's next write is refused. */
  const fillKernel = () => {
    for (let taken = 1; taken > 0 && socket.writeNow; n += 1) {
      const frame = numbered(n, 30_000);
      taken = socket.writeNow(frame, frame.byteLength);
      sent.update(frame.subarray(0, taken));
      sentBytes += taken;
    }
  };
  for (const size of [150, 20_000, 900, 60_000, 5_000, 200]) {
    reader.stream.pause();
    if (size < 1_000) fillKernel(); // or else a write is cut short first
    while (send(numbered(n, size))) {
      n += 1;
      if (n % 3 === 0) flushOutbox(outbox);
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    flushOutbox(outbox);
    expect(heldBytes(outbox)).toBeGreaterThan(1_000_000); // what the kernel did not take is in the budget
    expect(heldBytes(outbox)).toBeLessThanOrEqual(2_000_000);
    reader.stream.resume();
    await until(() => heldBytes(outbox) === 0);
  }
  await until(() => reader.bytes() >= sentBytes);
  return { sentBytes, reader, same: sent.digest("hex") === reader.digest() };
}

describe("writes past the stream", () => {
  it("arrive to the byte at a reader that stops reading again and again", async () => {
    const writes = watchWrites();
    const { sentBytes, reader, same } = await stalls("auto");
    expect(reader.bytes()).toBe(sentBytes);
    expect(same).toBe(true);
    // or the test would not have been about anything
    expect(writes.part).toBeGreaterThan(0);
    expect(writes.full).toBeGreaterThan(0);
    expect(writes.whole).toBeGreaterThan(100);
    expect(writes.other).toBe(0);
  });

  it("are not made when they are turned off, and everything arrives all the same", async () => {
    const writes = watchWrites();
    expect((await stalls("off")).same).toBe(true);
    expect(writes).toEqual({ whole: 0, part: 0, full: 0, other: 0 });
  });

  it("are not made on TLS, whose descriptor lies below the encryption", async () => {
    const { port, nextSocket } = await serve(
      createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }),
    );
    const writes = watchWrites();
    const coming = nextSocket();
    const client = new WebSocket(`wss://127.0.0.1:${port}/ws`, { rejectUnauthorized: false });
    open.push(() => client.terminate());
    const socket = await coming;
    await once(client, "open");
    const outbox = createOutbox(socket, jsonCodec, 1_000);
    putReady(outbox, webSocketFrame("a secret"));
    const arrived = once(client, "message");
    flushOutbox(outbox);
    expect(String((await arrived)[0])).toBe("a secret");
    expect(socket.writeNow).toBeUndefined();
    expect(writes.whole + writes.part).toBe(0);
  });

  it("keep their place among pings", async () => {
    const { port, nextSocket } = await serve(createServer());
    const coming = nextSocket();
    const client = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    open.push(() => client.terminate());
    const order: string[] = [];
    client.on("message", (data) => order.push(String(data)));
    client.on("ping", () => order.push("ping"));
    const socket = await coming;
    await once(client, "open");
    const outbox = createOutbox(socket, jsonCodec, 1_000);
    const say = (text: string) => {
      putReady(outbox, webSocketFrame(text));
      flushOutbox(outbox);
    };
    say("1");
    socket.ping();
    say("2");
    say("3");
    socket.ping();
    say("4");
    await until(() => order.length === 6);
    expect(order).toEqual(["1", "ping", "2", "3", "ping", "4"]);
  });

  it("are not made on what was found ahead once something else was given to the stream", async () => {
    const { port, nextSocket } = await serve(createServer());
    const coming = nextSocket();
    const reader = await bareReader(port);
    reader.stream.pause();
    const socket = await coming;
    const writes = watchWrites();
    const frame = webSocketFrame("after all that");
    socket.look?.();
    expect(socket.writeNow?.(frame, frame.byteLength)).toBe(frame.byteLength); // the way was free
    for (const give of [() => socket.write(numbered(1, 8_000_000)), () => socket.ping()]) {
      socket.look?.();
      give();
      expect(socket.writeNow?.(frame, frame.byteLength)).toBe(0);
    }
    socket.look?.();
    expect(socket.writeNow?.(frame, frame.byteLength)).toBe(0); // what is in the stream still is
    expect(writes).toEqual({ whole: 1, part: 0, full: 0, other: 0 });
  });

  it("find their way blocked by an answer that `ws` gives to a ping", async () => {
    const { port, nextSocket } = await serve(createServer());
    const coming = nextSocket();
    const reader = await bareReader(port);
    reader.stream.pause();
    const socket = await coming;
    const writes = watchWrites();
    // A kernel that is full makes room for a while: what it holds for the reader moves on to the reader's own buffers.
    for (let idle = 0; idle < 5; idle++) {
      const frame = numbered(idle, 30_000);
      while (socket.writeNow?.(frame, frame.byteLength)) idle = 0;
      await wait(20);
    }
    const before = { ...writes };
    let tried: number | undefined;
    const frame = webSocketFrame("after the pong");
    socket.listen({
      ...deaf,
      alive() {
        tried ??= socket.writeNow?.(frame, frame.byteLength); // the pong waits in the stream
      },
    });
    socket.look?.();
    reader.stream.write(Uint8Array.from([0x89, 0x80, 0, 0, 0, 0]));
    await until(() => tried !== undefined);
    expect(tried).toBe(0);
    expect(writes).toEqual(before);
  });

  it("to a connection that is over reach nobody, though its descriptor may be somebody else's", async () => {
    const { port, nextSocket } = await serve(createServer());
    const coming = nextSocket();
    const first = await bareReader(port);
    const socket = await coming;
    const closed: boolean[] = [];
    socket.listen({ ...deaf, closed: () => closed.push(true) });
    socket.terminate();
    const others: { stream: NetSocket; bytes(): number }[] = [];
    for (let n = 0; n < 20; n++) {
      const opened = nextSocket();
      others.push(await bareReader(port));
      await opened;
    }
    await until(() => closed.length > 0);
    const frame = webSocketFrame("for the first one only");
    expect(socket.writeNow?.(frame, frame.byteLength)).toBe(0);
    socket.write(frame);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(others.map(({ bytes }) => bytes())).toEqual(others.map(() => 0));
    expect(first.bytes()).toBe(0);
  });

  it("to a peer that was cut off end the connection like any other write", async () => {
    const { port, nextSocket } = await serve(createServer());
    const coming = nextSocket();
    const reader = await bareReader(port);
    const socket = await coming;
    const outbox = createOutbox(socket, jsonCodec, 1_000_000);
    const ended = new Promise<number>((resolve) => {
      socket.listen({ ...deaf, closed: resolve });
    });
    reader.stream.resetAndDestroy();
    for (let over = false; !over; ) {
      putReady(outbox, webSocketFrame("anybody there?"));
      flushOutbox(outbox);
      over = await Promise.race([ended.then(() => true), wait(5)]);
    }
    expect(await ended).toBe(1006);
  });
});

function wait(ms: number): Promise<boolean> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}
