import type { ClientMessage } from "@tocsin/protocol";
import IsomorphicWebSocket from "isomorphic-ws";
import { type WebSocketHandlerConnection, ws } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { alerts, market, price } from "../test/support/harness.js";
import { type ClientOptions, createClient, type SocketConstructor } from "./index.js";

// Node 20 has no WebSocket of its own, and msw replaces only the global one.
if (!globalThis.WebSocket) vi.stubGlobal("WebSocket", IsomorphicWebSocket);

const feed = ws.link("ws://tocsin.test/ws");
const server = setupServer();
const clients: { close(): Promise<void> }[] = [];

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  server.resetHandlers();
});
afterAll(() => {
  server.close();
  vi.unstubAllGlobals();
});

/** Serves connections: greets each, then hands every message to `answer`. */
function serve(
  answer: (
    message: ClientMessage,
    send: (message: object) => void,
    connection: WebSocketHandlerConnection["client"],
    nth: number,
  ) => void,
) {
  let connections = 0;
  server.use(
    feed.addEventListener("connection", ({ client }) => {
      connections += 1;
      const nth = connections;
      const send = (message: object) => client.send(JSON.stringify(message));
      send({
        type: "connected",
        clientId: "c",
        sessionId: "s",
        protocol: 1,
        heartbeat: { intervalMs: 25_000, timeoutMs: 8_000 },
        limits: {},
        timestamp: Date.now(),
      });
      client.addEventListener("message", ({ data }) =>
        answer(JSON.parse(String(data)), send, client, nth),
      );
    }),
  );
}

function connect(options: Partial<ClientOptions<typeof market>> = {}) {
  // the patched global satisfies the structure; its declared type is that of the page
  const WebSocket: SocketConstructor = globalThis.WebSocket;
  const client = createClient({
    url: "ws://tocsin.test/ws",
    contract: market,
    WebSocket,
    backoff: { baseMs: 1, maxMs: 5 },
    ...options,
  });
  clients.push(client);
  return client;
}

describe("over a real WebSocket API", () => {
  test("a subscription gets its snapshot and its events", async () => {
    serve((message, send) => {
      if (message.type !== "subscribe") return;
      const { id, channel } = message;
      send({
        type: "subscribed",
        id,
        channel,
        mode: "latest",
        epoch: "e",
        offset: 1,
        recovery: "fresh",
        snapshot: { last: 1 },
      });
      send({ type: "event", channel, offset: 2, data: { last: 2 }, timestamp: 1 });
    });
    const seen: number[] = [];
    for await (const { last } of connect().subscribe(price)) {
      seen.push(last);
      if (last === 2) break;
    }
    expect(seen.at(-1)).toBe(2);
  });

  test("a token goes first, and calls are answered", async () => {
    const received: string[] = [];
    serve((message, send) => {
      received.push(message.type);
      if (message.type === "auth") send({ type: "authenticated", id: message.id, userId: "u" });
      if (message.type === "call") send({ type: "result", id: message.id, data: { at: 5 } });
    });
    const client = connect({ token: async () => "t" });
    await expect(client.call("acknowledge", { id: "x" })).resolves.toEqual({ at: 5 });
    expect(received).toEqual(["auth", "call"]);
  });

  test("a closed connection is replaced, and what was missed is recovered", async () => {
    serve((message, send, connection, nth) => {
      if (message.type !== "subscribe") return;
      const { id, channel, since } = message;
      const reply = { type: "subscribed", id, channel, mode: "log", epoch: "e" };
      if (nth === 1) {
        send({ ...reply, offset: 0, recovery: "fresh" });
        send({ type: "event", channel, offset: 1, data: { n: 1 }, timestamp: 1 });
        setTimeout(() => connection.close(1012, "restart"), 10);
      } else {
        expect(since).toEqual({ epoch: "e", offset: 1 });
        send({ ...reply, offset: 2, recovery: "recovered" });
        send({ type: "event", channel, offset: 2, data: { n: 2 }, timestamp: 1, replayed: true });
      }
    });
    const seen: number[] = [];
    for await (const { n } of connect().subscribe(alerts)) {
      seen.push(n);
      if (n === 2) break;
    }
    expect(seen).toEqual([1, 2]);
  });

  test("a fatal close code stops the client", async () => {
    serve((message, _send, connection) => {
      if (message.type === "subscribe") connection.close(4503, "banned");
    });
    const client = connect();
    await expect(client.subscribe(price).ready).rejects.toMatchObject({
      name: "ConnectionClosedError",
      code: 4503,
      reason: "banned",
    });
    expect(client.state.status).toBe("stopped");
  });

  test("what is no message is reported and skipped", async () => {
    serve((message, send, connection) => {
      if (message.type !== "call") return;
      connection.send("nonsense");
      send({ type: "confetti" });
      send({ type: "result", id: message.id, data: { at: 1 } });
    });
    const client = connect();
    const errors: string[] = [];
    client.on("error", ({ name }) => errors.push(name));
    await client.call("acknowledge", { id: "x" });
    expect(errors).toEqual(["ProtocolError"]);
  });
});
