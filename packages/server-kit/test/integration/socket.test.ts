import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { defineContract, log, signal } from "@tocsin/protocol";
import { createHub, type Hub, type HubOptions } from "@tocsin/server-kit";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { z } from "zod";

const contract = defineContract({
  channels: {
    alerts: log("alerts", z.object({ id: z.number() }), { history: { size: 100_000 } }),
    noise: signal("noise", z.string()),
  },
});
type Options = Omit<HubOptions<typeof contract>, "contract" | "methods">;

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(options: Options = {}) {
  const hub = createHub({ contract, ...options });
  const server = createServer((_request, response) => response.end("page"));
  hub.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(async () => {
    await hub.close({ drainWithin: 0 });
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { hub, port };
}

function dial(port: number, options: WebSocket.ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, options);
  socket.on("error", () => {});
  open.push(() => socket.terminate());
  return socket;
}

async function opened(port: number): Promise<WebSocket> {
  const socket = dial(port);
  await once(socket, "open");
  return socket;
}

/** The HTTP status an upgrade is turned away with. */
async function refusal(socket: WebSocket) {
  const [, response] = await once(socket, "unexpected-response");
  return { status: response.statusCode, retryAfter: response.headers["retry-after"] };
}

async function ending(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, "close");
  return code;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Resolves with messages of a type as they come. */
function inbox(socket: WebSocket) {
  const messages: { type: string; data?: { id: number }; [field: string]: unknown }[] = [];
  socket.on("message", (raw) => messages.push(JSON.parse(String(raw))));
  const of = (type: string) => messages.filter((message) => message.type === type);
  return { of, has: (type: string, count = 1) => until(() => of(type).length >= count) };
}

describe("an upgrade", () => {
  it("from the page of the server itself is taken", async () => {
    const { port } = await serve();
    await once(dial(port, { origin: `http://127.0.0.1:${port}` }), "open");
  });

  it("gives its place back when it ends (A9)", async () => {
    const { port } = await serve({ limits: { connectionsPerAddress: 1 } });
    const first = await opened(port);
    expect(await refusal(dial(port))).toEqual({ status: 429, retryAfter: "5" });
    first.close();
    await ending(first);
    await opened(port);
  });

  it("counts under the address that the option reads from the request", async () => {
    const { port } = await serve({
      limits: { connectionsPerAddress: 1 },
      clientAddress: ({ headers }) => headers["x-real-ip"] ?? "",
    });
    for (const address of ["192.0.2.1", "192.0.2.2"]) {
      await once(dial(port, { headers: { "x-real-ip": address } }), "open");
    }
    const again = dial(port, { headers: { "x-real-ip": "192.0.2.1" } });
    expect(await refusal(again)).toMatchObject({ status: 429 });
  });

  it("while draining is turned away, and those who are in are sent elsewhere (A12)", async () => {
    const { port, hub } = await serve();
    const first = await opened(port);
    const closing = hub.close({ drainWithin: 400 });
    expect(await refusal(dial(port))).toMatchObject({ status: 503 });
    expect(hub.health()).toMatchObject({ ok: false, draining: true });
    expect(await ending(first)).toBe(1012);
    await closing;
  });

  it("leaves pages of the same server alone", async () => {
    const { port } = await serve();
    const [response] = await once(httpRequest({ port, host: "127.0.0.1" }).end(), "response");
    expect(response.statusCode).toBe(200);
    response.resume();
  });
});

describe("a reader", () => {
  it("that stops reading is closed within its budget; the others miss nothing (F12)", async () => {
    const outboxBytes = 262_144;
    const { port, hub } = await serve({ limits: { outboxBytes } });
    const slow = await opened(port);
    const fast = await opened(port);
    const seen = inbox(fast);
    for (const socket of [slow, fast]) {
      socket.send(JSON.stringify({ type: "subscribe", channel: "alerts" }));
    }
    await until(() => hub.subscriptions.size === 2);
    slow.pause();
    let peak = 0;
    let published = 0;
    while (hub.subscriptions.size === 2 && published < 200_000) {
      published += 1;
      await hub.publish(contract.alerts(), { id: published });
      if (published % 500 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        peak = Math.max(peak, ...hub.clients().map(({ queuedBytes }) => queuedBytes));
      }
    }
    expect(hub.stats().rejected).toMatchObject({ outbox: { "slow-consumer": 1 } });
    expect(peak).toBeLessThanOrEqual(outboxBytes + 131_072);
    await seen.has("event", published);
    expect(seen.of("event").map(({ data }) => data?.id)).toEqual(
      Array.from({ length: published }, (_, n) => n + 1),
    );
  });

  it("that is told to go elsewhere gets a delay of its own within the window", async () => {
    const { port, hub } = await serve();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => opened(port)));
    const inboxes = sockets.map(inbox);
    const ends = Promise.all(sockets.map(ending));
    await hub.close({ drainWithin: 300 });
    expect(new Set(await ends)).toEqual(new Set([1012]));
    const delays = inboxes.map(({ of }) => Number(of("goaway")[0]?.reconnectAfterMs));
    expect(delays.every((delay) => delay >= 0 && delay < 300)).toBe(true);
    expect(new Set(delays).size).toBeGreaterThan(5);
  });
});

describe("a hub", () => {
  it("that is closed twice, or disposed of, closes once", async () => {
    const hub: Hub = createHub({ contract });
    await Promise.all([hub.close(), hub.close()]);
    await hub[Symbol.asyncDispose]();
  });

  it("leaves stores open that it was handed", async () => {
    const { memoryHistoryStore } = await import("@tocsin/server-kit");
    const history = memoryHistoryStore();
    const first = createHub({ contract, history });
    await first.publish(contract.alerts(), { id: 1 });
    await first.close();
    const second = createHub({ contract, history });
    expect(await second.publish(contract.alerts(), { id: 2 })).toMatchObject({ offset: 2 });
    await second.close();
  });
});
