import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type AlertNotification, newMonitor } from "@tocsin/protocol/alerts";
import { webhookSignature } from "@tocsin/server-kit/alerts";
import { market, type Portfolio, type Quote } from "@tocsin-example/alert-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startSystem, temporaryDirectory } from "./support/test-system.js";

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory[Symbol.dispose]());

const PRICES = {
  SPX: [100, 101, 106, 104, 99, 98, 97, 96, 95, 94, 93, 107],
  IBM: [50, 50, 50, 50, 50, 51, 52, 53, 54, 55, 56, 57],
};

const takeProfit = (price: number, strategyId: string | null = null, symbol = "SPX") =>
  newMonitor.parse({ symbol, strategyId, rules: [{ kind: "take-profit", price }] });

describe("a system", () => {
  it("brings prices and an alert to a client, and goes on after a restart with everything it knew", async () => {
    const seen: AlertNotification[] = [];
    let stoppedAt: number | null = null;
    {
      await using test = await startSystem(directory.path, PRICES);
      const { service, store, portfolios } = test.system.context;
      const { id } = await store.createStrategy("demo", { name: "swings", note: "" });
      await service.createMonitor("demo", takeProfit(105, id));
      await portfolios.hold("demo", [{ instrument: "SPX", quantity: 2, cost: 90 }]);
      const client = await test.client();
      const prices: Quote[] = [];
      const price = client.subscribe(market.price({ code: "SPX" }));
      price.on("event", (quote) => prices.push(quote));
      const inbox = client.subscribe(market.alerts({ userId: "demo" }));
      inbox.on("event", (notification) => seen.push(notification));
      await Promise.all([price.ready, inbox.ready]);
      expect(prices).toMatchObject([{ symbol: "SPX", price: 100 }]);
      service.start();
      await test.minutes(3);
      await test.until(() => seen.length > 0 && prices.length > 1);
      expect(seen[0]).toMatchObject({ kind: "take-profit", symbol: "SPX", price: 106 });
      await service.stop();
      stoppedAt = service.status().marketTime;
    }
    await using test = await startSystem(directory.path, PRICES);
    const { service, store, portfolios, book } = test.system.context;
    expect(service.status()).toMatchObject({ marketTime: stoppedAt, fired: 1, running: false });
    expect(await store.monitorsOf("demo")).toHaveLength(1);
    expect(await store.strategiesOf("demo")).toMatchObject([{ name: "swings" }]);
    expect(await portfolios.holdings("demo")).toMatchObject([{ instrument: "SPX", quantity: 2 }]);
    expect(book.quote("SPX")?.at).toBe(stoppedAt);

    const client = await test.client();
    const again: AlertNotification[] = [];
    const inbox = client.subscribe(market.alerts({ userId: "demo" }), { rewind: 10 });
    inbox.on("event", (notification) => again.push(notification));
    await inbox.ready;
    await test.until(() => again.length >= seen.length);
    expect(again.slice(0, seen.length)).toEqual(seen);
    service.start();
    await test.until(() => again.some(({ state }) => state === "resolved"));
    await test.until(() => service.status().ended);
    await service.stop();
    const revisions = again.map(({ id, revision }) => `${id} ${revision}`);
    expect(new Set(revisions).size).toBe(revisions.length);
  });

  it("shows a strategy's symbols to its owner as its monitors come and go", async () => {
    await using test = await startSystem(directory.path, PRICES);
    const { service, store } = test.system.context;
    const { id } = await store.createStrategy("demo", { name: "swings", note: "" });
    const first = await service.createMonitor("demo", takeProfit(500, id));
    const client = await test.client();
    const strategy = client.subscribe(market.strategy({ name: "demo~swings" }));
    await strategy.ready;
    const { rows } = strategy;
    await test.until(() => rows.has("SPX"));
    await service.createMonitor("demo", takeProfit(500, id, "IBM"));
    await test.until(() => rows.has("IBM"));
    await service.deleteMonitor("demo", first?.id ?? "");
    await test.until(() => !rows.has("SPX"));
    expect([...rows.keys()]).toEqual(["IBM"]);

    const other = await test.client("bob");
    const stolen = other.subscribe(market.strategy({ name: "demo~swings" }));
    await expect(stolen.ready).rejects.toThrow(/somebody else's/);
  });

  it("values a portfolio as prices move", async () => {
    await using test = await startSystem(directory.path, PRICES);
    const { service, portfolios } = test.system.context;
    await portfolios.hold("demo", [{ instrument: "SPX", quantity: 2, cost: 90 }]);
    const client = await test.client();
    const values: Portfolio[] = [];
    const subscription = client.subscribe(market.portfolio({ userId: "demo" }));
    subscription.on("event", (portfolio) => values.push(portfolio));
    await subscription.ready;
    service.start();
    await test.until(() => values.at(-1)?.value === 214);
    expect(values[0]).toMatchObject({ value: 200, profit: 20 });
    expect(values.at(-1)).toMatchObject({ profit: 34 });
  });

  it("goes to another time when it is asked to, and shows the prices of then", async () => {
    await using test = await startSystem(directory.path, PRICES);
    const client = await test.client();
    const board = client.subscribe(market.board({ board: "all" }));
    await board.ready;
    const { rows } = board;
    const { range } = test.system.context.status();
    const status = await client.call("seek", { position: (range?.from ?? 0) + 5 * 60_000 });
    expect(status.marketTime).toBe((range?.from ?? 0) + 5 * 60_000);
    await test.until(() => rows.get("SPX")?.price === 98);
    expect(test.system.context.book.bars("SPX", "1m", 10)).toHaveLength(6);
    await expect(client.call("seek", { position: 0 })).rejects.toThrow(/must lie from/);
  });

  it("lets those who look at a symbol see each other and where they point, under their own names", async () => {
    await using test = await startSystem(directory.path, PRICES);
    const [ada, bob] = [await test.client("ada"), await test.client("bob")];
    const desk = market.desk({ code: "SPX" });
    const pointers: unknown[] = [];
    const reading = bob.subscribe(desk);
    reading.on("event", (pointer) => pointers.push(pointer));
    await reading.ready;
    await ada.subscribe(desk).ready;
    const members = await test.system.context.hub.members(desk);
    expect(members.map(({ userId }) => userId).sort()).toEqual(["ada", "bob"]);
    const pointer = { userId: "ada", clientId: "tab", time: 1, price: 100 };
    await ada.publish(desk, pointer);
    await test.until(() => pointers.length > 0);
    expect(pointers).toEqual([pointer]);
    await expect(ada.publish(desk, { ...pointer, userId: "bob" })).rejects.toThrow(
      /userId of whoever points/,
    );
  });

  it("sends an alert to a webhook, signed, and refuses an address of its own network where that is not allowed", async () => {
    const received: { headers: IncomingMessage["headers"]; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      received.push({ headers: request.headers, body });
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const target = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    try {
      await using test = await startSystem(directory.path, PRICES);
      const { service, store, checkTarget } = test.system.context;
      await checkTarget("webhook", target);
      await expect(checkTarget("email", "ada@example.com")).rejects.toThrow(/sends no email/);
      const endpoint = await store.createEndpoint("demo", {
        sink: "webhook",
        target,
        minSeverity: "info",
      });
      await service.createMonitor("demo", takeProfit(105));
      service.start();
      await test.until(() => received.length > 0);
      const [{ headers, body } = { headers: {}, body: "" }] = received;
      expect(JSON.parse(body)).toMatchObject({ type: "alert.fired", data: { symbol: "SPX" } });
      expect(headers["webhook-signature"]).toBe(
        webhookSignature(
          endpoint.secret ?? "",
          String(headers["webhook-id"]),
          Number(headers["webhook-timestamp"]),
          body,
        ),
      );
    } finally {
      receiver.close();
    }
  });

  it("is ready while alerts are stored and prices come", async () => {
    await using test = await startSystem(directory.path, PRICES);
    const { checks } = test.system.served;
    test.system.context.service.start();
    expect(checks.store?.()).toBe(true);
    expect(checks.feed?.()).toBe(true);
  });
});
