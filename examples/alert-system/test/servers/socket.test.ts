import type { AlertNotification } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OPEN, SERVERS, startServer, TAKE_PROFIT, type TestServer } from "./support.js";

describe.each(SERVERS)("on %s", (name) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer(name, { prices: [100, 104, 106, 104, 107, 90, 91] });
  });
  afterEach(() => server.close());

  const next = async <T>(items: AsyncIterable<T>): Promise<T> => {
    for await (const item of items) return item;
    throw new Error("the subscription ended");
  };

  async function createMonitor(user: string, rules: unknown = TAKE_PROFIT.rules): Promise<string> {
    const token = await server.token(user);
    const body = { symbol: "SPX", rules };
    return (await server.call("POST", "/api/monitors", { token, body })).body.id;
  }

  describe("alerts over the socket", () => {
    it("reach their owner once when a tick crosses a level, and nobody else", async () => {
      const monitorId = await createMonitor("ada");
      const stopId = await createMonitor("ada", [{ kind: "stop-loss", price: 95 }]);
      const seen: AlertNotification[] = [];
      const inbox = server.client("ada").subscribe(market.alerts({ userId: "ada" }));
      inbox.on("event", (notification) => seen.push(notification));
      const bobs: AlertNotification[] = [];
      const other = server.client("bob").subscribe(market.alerts({ userId: "bob" }));
      other.on("event", (notification) => bobs.push(notification));
      await Promise.all([inbox.ready, other.ready]);

      const stopLoss = new Promise<void>((resolve) => {
        inbox.on("event", ({ kind }) => kind === "stop-loss" && resolve());
      });
      server.system.context.service.start();
      server.minutes(9);
      await stopLoss; // the last one, so whatever was to come before it has come
      expect(seen).toMatchObject([
        { monitorId, kind: "take-profit", price: 106, firedAt: OPEN + 2 * 60_000, revision: 1 },
        { monitorId, state: "resolved", resolvedAt: OPEN + 3 * 60_000, revision: 2 },
        { monitorId: stopId, kind: "stop-loss", price: 90, firedAt: OPEN + 5 * 60_000 },
      ]);
      expect(bobs).toEqual([]);
      const stored = await server.call("GET", "/api/notifications", {
        token: await server.token("ada"),
      });
      // The second crossing fell into the cooldown: counted where it is stored, not sent again.
      expect(stored.body.items.map((item: AlertNotification) => item.suppressedCount)).toEqual([
        0, 1,
      ]);
      expect(stored.body.items.map((item: AlertNotification) => item.id).reverse()).toEqual([
        ...new Set(seen.map(({ id }) => id)),
      ]);
    });

    it("are nobody else's to read (A23)", async () => {
      const inbox = server.client("bob").subscribe(market.alerts({ userId: "ada" }));
      await expect(inbox.ready).rejects.toThrow(/somebody else's/);
    });

    it("cannot be published by clients", async () => {
      const client = server.client("ada");
      await createMonitor("ada");
      server.system.context.service.start();
      server.minutes(9);
      await server.system.context.service.stop();
      const token = await server.token("ada");
      const { body } = await server.call("GET", "/api/notifications", { token });
      const forged = client.publish(market.alerts({ userId: "ada" }), body.items[0]);
      await expect(forged).rejects.toThrow(/publish on desk channels only/);
    });

    it("are still there for a client that comes later", async () => {
      await createMonitor("ada");
      server.system.context.service.start();
      server.minutes(9);
      await server.system.context.service.stop();
      const inbox = server
        .client("ada")
        .subscribe(market.alerts({ userId: "ada" }), { rewind: 10 });
      expect(await next(inbox)).toMatchObject({ kind: "take-profit", price: 106 });
    });
  });

  describe("the market over the socket", () => {
    it("has the price, the board, the bar being built and the state of the service", async () => {
      const client = server.client();
      const board = client.subscribe(market.board({ board: "all" }));
      await board.ready;
      expect(board.rows.get("SPX")).toMatchObject({ price: 100, source: "replay" });
      expect(await next(client.subscribe(market.price({ code: "SPX" })))).toMatchObject({
        price: 100,
      });
      const bars = client.subscribe(market.candles({ code: "SPX", interval: "1d" }));
      await bars.ready;
      expect([...bars.rows.values()]).toMatchObject([{ open: 100, close: 100 }]);
      expect(await next(client.subscribe(market.service()))).toMatchObject({ running: false });
    });

    it("is started, stopped and sped up by calls, and tells every subscriber", async () => {
      const client = server.client();
      const status = client.subscribe(market.service());
      await status.ready;
      const running = new Promise<void>((resolve) => {
        status.on("event", (now) => now.running && resolve());
      });
      expect(await client.call("setRunning", { running: true })).toMatchObject({ running: true });
      await running;
      expect(await client.call("setSpeed", { speed: 7 })).toMatchObject({ speed: 7 });
      expect(await client.call("setRunning", { running: false })).toMatchObject({ running: false });
    });

    it("refuses a speed out of bounds", async () => {
      const call = server.client().call("setSpeed", { speed: 0 });
      await expect(call).rejects.toThrow(/speed/);
    });
  });
});
