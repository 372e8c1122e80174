import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { defineContract, log } from "@tocsin/protocol";
import { createHub, type Hub, type HubOptions } from "@tocsin/server-kit";
import { mountTocsin } from "@tocsin/server-kit/express";
import { tocsinPlugin } from "@tocsin/server-kit/fastify";
import express from "express";
import fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { z } from "zod";
import type { HttpRouteOptions } from "../../src/http/http-routes.js";

const contract = defineContract({
  channels: { alerts: log("alerts:{userId}", z.object({ text: z.string() })) },
});

/** Tokens are user names; `down` stands for a token service that does not answer. */
const policy = {
  authenticate: ({ token }) => {
    if (token === "down") throw new Error("token service is down");
    return token === undefined || token === "bad" ? null : { userId: token };
  },
  authorize: ({ action, principal }) => action !== "publish" || principal?.userId === "ada",
} satisfies Partial<HubOptions<typeof contract>>;

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Start = (hub: Hub, options: HttpRouteOptions) => Promise<number>;

const onExpress: Start = async (hub, options) => {
  const app = express();
  const server = createServer(app);
  mountTocsin(app, server, hub, options);
  app.get("/own", (_request, response) => void response.json({ own: true }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(async () => {
    await hub.close({ drainWithin: 0 });
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const onFastify: Start = async (hub, options) => {
  const app = fastify();
  await app.register(tocsinPlugin, { hub, drainWithin: 0, ...options });
  app.get("/own", async () => ({ own: true }));
  app.post("/own", async ({ body }) => ({ body }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  open.push(() => app.close());
  return (app.server.address() as AddressInfo).port;
};

describe.each([
  ["express", onExpress],
  ["fastify", onFastify],
])("HTTP beside the socket, on %s", (_name, start) => {
  async function serve(options: HttpRouteOptions = {}) {
    const hub = createHub({ contract, ...policy });
    const port = await start(hub, options);
    const url = (path: string) => `http://127.0.0.1:${port}${path}`;
    type Answer = Record<string, unknown> & { error?: { code: string } };
    const read = async (response: Response): Promise<Answer> => JSON.parse(await response.text());
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(url(path), { headers });
      return { status: response.status, body: await read(response) };
    };
    const publish = async (body: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(url("/tocsin/publish"), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer ada", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: await read(response) };
    };
    return { hub, port, get, publish };
  }

  const ALERT = { channel: "alerts:7", data: { text: "rain" } };

  it("brings what was posted to the subscribers of the channel", async () => {
    const { port, publish } = await serve();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    open.push(() => socket.terminate());
    await once(socket, "open");
    const received: { type: string }[] = [];
    const event = new Promise<void>((resolve) => {
      socket.on("message", (raw) => {
        const message = JSON.parse(String(raw));
        received.push(message);
        if (message.type === "subscribed") void publish(ALERT);
        if (message.type === "event") resolve();
      });
    });
    socket.send(JSON.stringify({ type: "auth", token: "bob" }));
    socket.send(JSON.stringify({ type: "subscribe", channel: "alerts:7" }));
    await event;
    expect(received.at(-1)).toMatchObject({ channel: "alerts:7", offset: 1, data: ALERT.data });
  });

  it("answers with the position, and with the same one for the same key (F10)", async () => {
    const { publish } = await serve();
    const first = await publish({ ...ALERT, key: "k1" });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({ epoch: expect.any(String), offset: 1, duplicate: false });
    expect(first.headers.get("cache-control")).toBe("no-store");
    const again = await publish({ ...ALERT, key: "k1" });
    expect(again.body).toEqual({ ...first.body, duplicate: true });
  });

  it.each([
    ["no token", ALERT, { authorization: "" }, 401, "unauthenticated", "authorization"],
    [
      "a bad token",
      ALERT,
      { authorization: "Bearer bad" },
      401,
      "unauthenticated",
      "authorization",
    ],
    [
      "another scheme",
      ALERT,
      { authorization: "Basic ada" },
      401,
      "unauthenticated",
      "authorization",
    ],
    [
      "a token nobody can check now (A11)",
      ALERT,
      { authorization: "Bearer down" },
      503,
      "unavailable",
      undefined,
    ],
    ["a user who may not", ALERT, { authorization: "Bearer bob" }, 403, "forbidden", undefined],
    ["an unknown channel", { ...ALERT, channel: "nope:1" }, {}, 404, "unknown-channel", "channel"],
    [
      "a pattern (A37)",
      { ...ALERT, channel: `alerts:${"*".repeat(30)}:x` },
      {},
      404,
      "unknown-channel",
      "channel",
    ],
    [
      "a prototype (A33)",
      { ...ALERT, channel: "__proto__" },
      {},
      404,
      "unknown-channel",
      "channel",
    ],
    ["data that does not fit", { ...ALERT, data: { text: 7 } }, {}, 422, "invalid-payload", "text"],
    ["no channel", { data: ALERT.data }, {}, 400, "invalid-message", "channel"],
    ["an empty key", { ...ALERT, key: "" }, {}, 400, "invalid-message", "key"],
    ["a list", [ALERT], {}, 400, "malformed", undefined],
    ["broken JSON (A31)", '{"channel":', {}, 400, "malformed", undefined],
    ["no body", "", {}, 400, "malformed", undefined],
    [
      "nesting without end (A32)",
      `{"data":${"[".repeat(9_000)}${"]".repeat(9_000)}}`,
      {},
      400,
      "malformed",
      undefined,
    ],
    [
      "a form",
      "channel=alerts:7",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "malformed",
      "content-type",
    ],
    [
      "plain text from a foreign page",
      JSON.stringify(ALERT),
      { "content-type": "text/plain" },
      415,
      "malformed",
      "content-type",
    ],
    ["too much", { ...ALERT, data: { text: "x".repeat(70_000) } }, {}, 413, "limit", undefined],
  ])("refuses %s", async (_what, body, headers, status, code, field) => {
    const { hub, publish } = await serve();
    const refused = await publish(body, headers);
    expect(refused.status).toBe(status);
    expect(refused.body).toEqual({
      error: { code, message: expect.any(String), ...(field && { field }) },
    });
    expect(hub.stats().published).toBe(0);
  });

  it("stops reading a body without a length once it is too long (A27)", async () => {
    const { port } = await serve({ maxBodyBytes: 1_000 });
    const socket = connect(port, "127.0.0.1");
    open.push(() => void socket.destroy());
    const head = [
      "POST /tocsin/publish HTTP/1.1",
      "host: x",
      "authorization: Bearer ada",
      "content-type: application/json",
      "transfer-encoding: chunked",
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    for (let turn = 0; turn < 3; turn += 1) socket.write(`200\r\n${"x".repeat(512)}\r\n`);
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
    expect(String(answer).toLowerCase()).toContain("connection: close");
  });

  it("limits how often one user may publish, and only that user (A38)", async () => {
    const { publish, hub } = await serve({ publishRate: { ratePerSecond: 0.001, burst: 2 } });
    expect((await publish(ALERT)).status).toBe(200);
    expect((await publish(ALERT)).status).toBe(200);
    const refused = await publish(ALERT);
    expect(refused.status).toBe(429);
    expect(refused.body.error?.code).toBe("rate-limited");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(900);
    expect((await publish(ALERT, { authorization: "Bearer bob" })).status).toBe(403);
    expect(hub.stats().rejected).toEqual({ http: { "rate-limited": 1, forbidden: 1 } });
  });

  it("says that it lives, and that it is ready until it drains", async () => {
    const { hub, get } = await serve();
    expect(await get("/livez")).toEqual({ status: 200, body: { ok: true } });
    expect(await get("/readyz")).toEqual({
      status: 200,
      body: { ok: true, draining: false, broker: "up", checks: {} },
    });
    await hub.close({ drainWithin: 0 });
    expect((await get("/livez")).status).toBe(200);
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      body: { ok: false, draining: true },
    });
  });

  it("is not ready while a check fails, throws or hangs, and says which", async () => {
    const { get } = await serve({
      checkTimeoutMs: 1,
      checks: {
        store: () => true,
        feed: async () => false,
        cache: () => {
          throw new Error("gone");
        },
        broker: () => new Promise<boolean>(() => {}),
      },
    });
    expect(await get("/readyz")).toEqual({
      status: 503,
      body: {
        ok: false,
        draining: false,
        broker: "up",
        checks: { store: true, feed: false, cache: false, broker: false },
      },
    });
  });

  it("shows who is connected to operators only, and to nobody by default", async () => {
    const closed = await serve();
    expect((await fetch(`http://127.0.0.1:${closed.port}/tocsin/clients`)).status).toBe(404);
    const { get } = await serve({
      isOperator: ({ headers }) => {
        if (headers["x-operator"] === undefined) throw new Error("who is this?");
        return headers["x-operator"] === "yes";
      },
    });
    for (const path of ["/tocsin/stats", "/tocsin/clients"]) {
      expect((await get(path)).status).toBe(403);
      expect((await get(path, { "x-operator": "no" })).status).toBe(403);
    }
    const yes = { "x-operator": "yes" };
    expect(await get("/tocsin/clients", yes)).toEqual({ status: 200, body: { clients: [] } });
    expect((await get("/tocsin/stats", yes)).body).toMatchObject({ connections: 0, published: 0 });
  });

  it("leaves the app's own routes alone, and routes it was told not to serve", async () => {
    const { port, get } = await serve({ health: false, publish: false });
    expect(await get("/own")).toEqual({ status: 200, body: { own: true } });
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(404);
    const posted = await fetch(`http://127.0.0.1:${port}/tocsin/publish`, { method: "POST" });
    expect(posted.status).toBe(404);
  });
});

it("reads a body that express.json has parsed already", async () => {
  const hub = createHub({ contract, ...policy });
  const app = express();
  app.use(express.json());
  const server = createServer(app);
  mountTocsin(app, server, hub);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(async () => {
    await hub.close({ drainWithin: 0 });
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/tocsin/publish`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer ada" },
    body: JSON.stringify({ channel: "alerts:1", data: { text: "hi" } }),
  });
  expect(response.status).toBe(200);
});

it("leaves Fastify's own body parser to the rest of the app", async () => {
  const port = await onFastify(createHub({ contract, ...policy }), {});
  const response = await fetch(`http://127.0.0.1:${port}/own`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"a":1}',
  });
  expect(await response.json()).toEqual({ body: { a: 1 } });
});

it("closes the hub when the Fastify app closes, so that open sockets do not hold it up", async () => {
  const hub = createHub({ contract });
  const app = fastify();
  await app.register(tocsinPlugin, { hub, drainWithin: 0 });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  await once(socket, "open");
  const closed = once(socket, "close");
  await app.close();
  await closed;
  expect(hub.health().draining).toBe(true);
});
