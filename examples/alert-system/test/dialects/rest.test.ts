import { once } from "node:events";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { loadMarket } from "../../src/market/market.js";
import { type DialectServer, startDialects } from "./support.js";

async function ask(server: DialectServer, path: string, user?: string, method = "GET") {
  const headers = user ? { authorization: `Bearer ${await server.token(user)}` } : {};
  const response = await fetch(`${server.url}${path}`, { method, headers });
  return { status: response.status, body: await response.json() };
}

async function reader(server: DialectServer, target: object) {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws/stock/prices`);
  const frames: string[] = [];
  socket.on("message", (raw) => frames.push(String(raw)));
  const has = async (count: number) => {
    while (frames.length < count) await once(socket, "message");
    return frames.map((frame) => JSON.parse(frame));
  };
  await has(1);
  socket.send(JSON.stringify({ type: "subscribe", ...target }));
  return { socket, has };
}

describe("beside the socket of /ws/stock/prices", () => {
  it("operators see counts and clients, nobody else", async () => {
    await using server = await startDialects({ A: [10] });
    const { socket, has } = await reader(server, { subscription_type: "stock", target: "A" });
    const [greeting] = await has(3);
    expect(await ask(server, "/api/websocket/stats", "olga")).toEqual({
      status: 200,
      body: {
        code: 200,
        message: "statistics",
        data: {
          connections: {
            total_connections: 1,
            active_connections: 1,
            total_subscriptions: 1,
            messages_sent: 0,
          },
          subscriptions: { strategy: 0, stock: 1, market: 0 },
        },
      },
    });
    expect(await ask(server, "/api/websocket/clients", "olga")).toEqual({
      status: 200,
      body: {
        code: 200,
        message: "clients",
        data: {
          clients: [
            {
              client_id: greeting.client_id,
              connected_at: "2025-11-24T10:30:00.000",
              subscriptions: [{ type: "stock", target: "A" }],
            },
          ],
          count: 1,
        },
      },
    });
    const ways = [
      ["GET", "/api/websocket/stats"],
      ["GET", "/api/websocket/clients"],
      ["POST", "/api/websocket/push/prices?strategy=volume_wave"],
    ] as const;
    for (const [method, path] of ways) {
      expect(await ask(server, path, "anna", method)).toMatchObject({ status: 403 });
      expect(await ask(server, path, undefined, method)).toMatchObject({ status: 401 });
    }
    socket.terminate();
  });

  it("signals come at once, and a push brings their prices to readers, changed or not", async () => {
    await using server = await startDialects(loadMarket());
    const all = await ask(server, "/api/signals/buy");
    expect(all).toMatchObject({ status: 200, body: { code: 200, data: { strategy: null } } });
    const [{ strategy }] = all.body.data.signals;
    const { status, body } = await ask(server, `/api/signals/buy?strategy=${strategy}`);
    expect(status).toBe(200);
    expect(body.data.count).toBe(body.data.signals.length);
    expect(body.data.strategy).toBe(strategy);
    for (const signal of body.data.signals) {
      expect(signal).toEqual({
        code: expect.any(String),
        name: expect.any(String),
        price: expect.any(Number),
        change: expect.any(Number),
        change_percent: expect.any(Number),
        volume: expect.any(Number),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/),
        signal: "buy",
        strategy,
        reason: expect.any(String),
      });
    }

    const { socket, has } = await reader(server, { target: strategy });
    const snapshot = (await has(3)).at(-1);
    const push = `/api/websocket/push/prices?strategy=${strategy}`;
    expect(await ask(server, push, "olga", "POST")).toEqual({
      status: 200,
      body: {
        code: 200,
        message: "pushed",
        data: { strategy, client_count: 1, count: body.data.count },
      },
    });
    const pushed = (await has(4)).at(-1);
    expect(pushed).toMatchObject({ type: "price_update", count: body.data.count });
    const byCode = (a: { code: string }, b: { code: string }) => (a.code < b.code ? -1 : 1);
    expect(pushed.data.sort(byCode)).toEqual(snapshot.data.sort(byCode));
    socket.terminate();
  });

  it("a strategy there is not is not found", async () => {
    await using server = await startDialects({ A: [10] });
    const error = { code: "not-found", field: "strategy", message: expect.any(String) };
    const body = { error };
    expect(await ask(server, "/api/signals/buy?strategy=nope")).toEqual({ status: 404, body });
    const push = "/api/websocket/push/prices?strategy=nope";
    expect(await ask(server, push, "olga", "POST")).toEqual({ status: 404, body });
  });
});
