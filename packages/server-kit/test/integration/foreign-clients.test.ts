import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { defineContract, jsonCodec, latest } from "@tocsin/protocol";
import { msgpackCodec } from "@tocsin/protocol/msgpack";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { createHub } from "../../src/index.js";
import { CERTIFICATE, PRIVATE_KEY } from "../support/self-signed.js";
import { comparable, happenings, sessionHub, sessionLines } from "../support/typed-session.js";
import { startTypist, type Typist } from "../support/typist.js";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return port;
}

/** Types the session of docs/protocol.md and compares every answer. */
async function typeSession(start: (url: string) => Typist): Promise<void> {
  const hub = await sessionHub();
  cleanUp.push(() => hub.close({ drainWithin: 0 }));
  const server = createHttpServer();
  hub.attach(server);
  await using typist = start(`ws://127.0.0.1:${await listening(server)}/ws`);
  for (const { mark, text } of sessionLines()) {
    if (mark === ">") typist.type(text);
    else if (mark === "<") expect(comparable(await typist.nextFrame())).toEqual(comparable(text));
    else await happenings[text]?.(hub);
  }
  expect(
    sessionLines()
      .filter(({ mark }) => mark === "#")
      .map(({ text }) => text),
  ).toEqual(Object.keys(happenings));
}

const PYTHON = "/usr/bin/python3";
const pythonLacks = (() => {
  const { status, error } = spawnSync(PYTHON, ["-c", "import websockets"]);
  if (error) return `no ${PYTHON}`;
  return status === 0 ? undefined : "python3-websockets is not installed";
})();

describe("a client that knows nothing of this project", () => {
  it("wscat: the session in docs/protocol.md can be typed by hand", async () => {
    const wscat = createRequire(import.meta.url).resolve("wscat/bin/wscat");
    await typeSession((url) => startTypist(process.execPath, [wscat, "--no-color", "-c", url]));
  });

  it(`Python: the same session, with the websockets of Debian${pythonLacks ? ` (skipped: ${pythonLacks})` : ""}`, async ({
    skip,
  }) => {
    if (pythonLacks) skip(pythonLacks);
    const script = fileURLToPath(new URL("../support/fixtures/typist.py", import.meta.url));
    await typeSession((url) => startTypist(PYTHON, [script, url]));
  });

  it("Python: quote(value, safe='') spells an address as the contract does", ({ skip }) => {
    if (pythonLacks) skip(pythonLacks);
    const { price } = defineContract({ channels: { price: latest("stock:{code}", z.string()) } });
    const code = "BRK:B/é *'()!~_-. %?";
    const program = "import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=''))";
    const quoted = execFileSync(PYTHON, ["-c", program, code], { encoding: "utf8" }).trim();
    expect(`stock:${quoted}`).toBe(price({ code }).name);
  });
});

describe("choosing a format", () => {
  const contract = defineContract({ channels: { price: latest("stock:{code}", z.number()) } });

  async function openHub(): Promise<string> {
    const hub = createHub({ contract });
    cleanUp.push(() => hub.close({ drainWithin: 0 }));
    const server = createHttpServer();
    hub.attach(server);
    return `ws://127.0.0.1:${await listening(server)}/ws`;
  }

  async function open(protocols: string[]) {
    const socket = new WebSocket(await openHub(), protocols);
    cleanUp.push(() => socket.terminate());
    const [data, isBinary] = await once(socket, "message");
    return { socket, data, isBinary };
  }

  it("tocsin.v1.json is text", async () => {
    const { socket, data, isBinary } = await open(["tocsin.v1.json"]);
    expect([socket.protocol, isBinary]).toEqual(["tocsin.v1.json", false]);
    expect(jsonCodec.parse(data)).toMatchObject({ value: { type: "connected", protocol: 1 } });
  });

  it("tocsin.v1.msgpack is binary, in both directions", async () => {
    const { socket, data, isBinary } = await open(["tocsin.v1.msgpack"]);
    expect([socket.protocol, isBinary]).toEqual(["tocsin.v1.msgpack", true]);
    expect(msgpackCodec.parse(data)).toMatchObject({ value: { type: "connected" } });
    socket.send(msgpackCodec.serialize({ type: "subscribe", ...{ channel: "stock:1" } }) ?? "");
    const [answer] = await once(socket, "message");
    expect(msgpackCodec.parse(answer)).toMatchObject({
      value: { type: "subscribed", channel: "stock:1", recovery: "fresh" },
    });
  });

  it("the first one the server knows wins, in the client's order", async () => {
    const { socket } = await open(["graphql-ws", "tocsin.v1.msgpack", "tocsin.v1.json"]);
    expect(socket.protocol).toBe("tocsin.v1.msgpack");
  });

  it("no subprotocol is JSON", async () => {
    const { socket, isBinary } = await open([]);
    expect([socket.protocol, isBinary]).toEqual(["", false]);
  });

  it("an unknown one is accepted without a subprotocol, which a strict client then refuses", async () => {
    const socket = new WebSocket(await openHub(), ["tocsin.v9.json"]);
    const [upgraded] = await Promise.all([
      once(socket, "upgrade"),
      once(socket, "error").then(([error]) => expect(error.message).toMatch(/no subprotocol/)),
    ]);
    const [response] = upgraded;
    expect(response.statusCode).toBe(101);
    expect(response.headers).not.toHaveProperty("sec-websocket-protocol");
  });

  it.each([
    ["a binary frame on JSON", "tocsin.v1.json", Buffer.from('{"type":"ping"}')],
    ["a text frame on MessagePack", "tocsin.v1.msgpack", '{"type":"ping"}'],
  ])("%s closes with 1003 (A30)", async (_name, protocol, frame) => {
    const { socket } = await open([protocol]);
    socket.send(frame);
    const [code] = await once(socket, "close");
    expect(code).toBe(1003);
  });
});

describe("wss", () => {
  it("is the same hub on a node:https server", async () => {
    const contract = defineContract({ channels: { price: latest("stock:{code}", z.number()) } });
    const hub = createHub({ contract });
    cleanUp.push(() => hub.close({ drainWithin: 0 }));
    const server = createHttpsServer({ cert: CERTIFICATE, key: PRIVATE_KEY });
    hub.attach(server);
    const port = await listening(server);
    const socket = new WebSocket(`wss://localhost:${port}/ws`, { rejectUnauthorized: false });
    cleanUp.push(() => socket.terminate());
    await once(socket, "message");
    socket.send('{"type":"subscribe","channel":"stock:1"}');
    await once(socket, "message");
    await hub.publish(contract.price({ code: 1 }), 7);
    const [event] = await once(socket, "message");
    expect(JSON.parse(event)).toMatchObject({ type: "event", channel: "stock:1", data: 7 });
  });
});
