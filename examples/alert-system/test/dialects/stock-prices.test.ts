import { once } from "node:events";
import { market } from "@tocsin-example/alert-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { loadMarket } from "../../src/market/market.js";
import { pythonLacks, startDialects } from "./support.js";

const PATH = "/ws/stock/prices";
const AT_OPENING = "2008-09-15T14:30:00.000";

const price = (code: string, value: number, timestamp = AT_OPENING) =>
  `{"code":"${code}","name":"${code}","price":${value},"change":0,"change_percent":0,"volume":0,"timestamp":"${timestamp}"}`;

describe.skipIf(pythonLacks)(`a client of ${PATH} in Python (${pythonLacks ?? "as it is"})`, () => {
  it("is answered to the character: greeting, subscriptions, prices, heartbeat", async () => {
    await using server = await startDialects({ A: [10], B: [20] });
    const client = server.python(PATH);

    const greeting = await client.nextFrame();
    const [info] = server.system.context.hub.clients();
    expect(greeting).toBe(
      `{"type":"connected","client_id":"${info?.clientId}","message":"connected","timestamp":"2025-11-24T10:30:00.000"}`,
    );

    client.type('{"type": "subscribe", "subscription_type": "strategy", "target": "volume_wave"}');
    expect(await client.nextFrame()).toBe(
      '{"type":"subscribed","subscription_type":"strategy","target":"volume_wave","message":"subscribed","timestamp":"2025-11-24T10:30:00.000"}',
    );
    client.type('{"type": "subscribe", "target": "momentum"}'); // a strategy where nothing else is said
    expect(await client.nextFrame()).toContain(
      '"subscription_type":"strategy","target":"momentum"',
    );

    client.type('{"type": "subscribe", "subscription_type": "stock", "target": "A"}');
    expect(await client.nextFrame()).toContain('"subscription_type":"stock","target":"A"');
    expect(await client.nextFrame()).toBe(
      `{"type":"price_update","data":[${price("A", 10)}],"count":1,"timestamp":"2025-11-24T10:30:00.000"}`,
    );

    client.type('{"type": "subscribe", "subscription_type": "market", "target": "all"}');
    expect(await client.nextFrame()).toContain('"subscription_type":"market","target":"all"');
    expect(await client.nextFrame()).toBe(
      `{"type":"price_update","data":[${price("A", 10)},${price("B", 20)}],"count":2,"timestamp":"2025-11-24T10:30:00.000"}`,
    );

    client.type('{"type": "subscribe", "subscription_type": "stock", "target": "A"}');
    expect(await client.nextFrame()).toContain('"message":"already subscribed"');
    await client.nextFrame(); // its price once more

    server.clock.advance(50);
    client.type('{"type": "ping"}');
    expect(await client.nextFrame()).toBe('{"type":"pong","timestamp":"2025-11-24T10:30:00.050"}');

    for (const message of ["unsubscribed", "was not subscribed"]) {
      client.type('{"type": "unsubscribe", "subscription_type": "market", "target": "all"}');
      expect(await client.nextFrame()).toBe(
        `{"type":"unsubscribed","subscription_type":"market","target":"all","message":"${message}","timestamp":"2025-11-24T10:30:00.050"}`,
      );
    }
  });

  it("is told of changes, those of a board in one list", async () => {
    await using server = await startDialects({ A: [10, 11], B: [20, 19], C: [5] });
    const client = server.python(PATH);
    await client.nextFrame();
    client.type('{"type": "subscribe", "subscription_type": "market", "target": "index"}');
    await client.nextFrame();
    await client.nextFrame();
    server.system.context.service.start();
    const change = JSON.parse(await server.meanwhile(client.nextFrame()));
    expect(change).toMatchObject({
      type: "price_update",
      data: [
        { code: "A", price: 11, timestamp: "2008-09-15T14:31:00.000" },
        { code: "B", price: 19, timestamp: "2008-09-15T14:31:00.000" },
      ],
      count: 2,
    });
    expect(Object.keys(change)).toEqual(["type", "data", "count", "timestamp"]);
  });

  it("gets an error for more subscriptions than a connection may have", async () => {
    const symbols = Array.from({ length: 129 }, (_, n) => `S${n}`);
    await using server = await startDialects(Object.fromEntries(symbols.map((one) => [one, [1]])));
    const client = server.python(PATH);
    await client.nextFrame();
    const answers: string[] = [];
    for (const symbol of symbols) {
      client.type(`{"type": "subscribe", "subscription_type": "stock", "target": "${symbol}"}`);
      const answer = await client.nextFrame();
      answers.push(JSON.parse(answer).type);
      if (answer.includes('"subscribed"')) await client.nextFrame();
      server.clock.advance(10); // within the rate of messages
    }
    expect(answers).toEqual([...Array(128).fill("subscribed"), "error"]);
  });

  it("sees the members of a strategy with the prices of the installed data", async () => {
    await using server = await startDialects(loadMarket());
    const { houseStrategies, book } = server.system.context;
    const strategy = houseStrategies.find((one) => one.members().length > 0);
    if (!strategy) throw new Error("no strategy has members when the replay begins");
    const client = server.python(PATH);
    await client.nextFrame();
    client.type(
      `{"type": "subscribe", "subscription_type": "strategy", "target": "${strategy.name}"}`,
    );
    await client.nextFrame();
    const { data, count } = JSON.parse(await client.nextFrame());
    expect(data).toHaveLength(count);
    expect(data.map(({ code }: { code: string }) => code).sort()).toEqual(
      strategy
        .members()
        .map(({ symbol }) => symbol)
        .sort(),
    );
    for (const row of data) {
      const quote = book.quote(row.code);
      expect(row).toEqual({
        code: quote?.symbol,
        name: quote?.name,
        price: quote?.price,
        change: quote?.change,
        change_percent: quote?.changePercent,
        volume: Math.round(quote?.volume ?? 0),
        timestamp: new Date(quote?.at ?? 0).toISOString().slice(0, -1),
      });
    }
  });
});

describe.skipIf(pythonLacks)("what a client in Python says wrong", () => {
  const open = async () => {
    const server = await startDialects({ A: [10] });
    const client = server.python(PATH);
    await client.nextFrame();
    return { server, client };
  };
  let shared: ReturnType<typeof open>;
  beforeAll(() => {
    shared = open();
    return shared.then(() => undefined);
  });
  afterAll(async () => (await shared).server[Symbol.asyncDispose]());

  it.each([
    ["no JSON", "subscribe volume_wave", "the message is not JSON", "malformed"],
    ["no object", "[]", 'the message is not an object with "type"', "malformed"],
    [
      "an unknown type",
      '{"type": "publish"}',
      '"type" must be subscribe, unsubscribe or ping',
      "unknown-type",
    ],
    [
      "an unknown subscription_type",
      '{"type": "subscribe", "subscription_type": "sector", "target": "x"}',
      expect.stringContaining('"subscription_type"'),
      "invalid-message",
    ],
    [
      "no target",
      '{"type": "subscribe", "subscription_type": "stock"}',
      expect.stringContaining('"target"'),
      "invalid-message",
    ],
    [
      "a target without end",
      `{"type": "subscribe", "subscription_type": "stock", "target": "${"é".repeat(90)}"}`,
      '"target" is too long',
      "invalid-message",
    ],
    [
      "an unknown stock",
      '{"type": "subscribe", "subscription_type": "stock", "target": "600519"}',
      "there is no symbol 600519; GET /api/symbols lists them",
      "forbidden of stock 600519",
    ],
    [
      "an unknown strategy",
      '{"type": "subscribe", "subscription_type": "strategy", "target": "nope"}',
      "there is no strategy nope",
      "forbidden of strategy nope",
    ],
    [
      "somebody's own strategy",
      '{"type": "subscribe", "subscription_type": "strategy", "target": "anna~swings"}',
      "this is somebody else's",
      "forbidden of strategy anna~swings",
    ],
    [
      "an unknown board",
      '{"type": "subscribe", "subscription_type": "market", "target": "moon"}',
      expect.stringContaining("there is no board moon"),
      "forbidden of market moon",
    ],
  ])(
    "is answered with an error, and the client goes on: %s",
    async (_name, line, error, details) => {
      const { client } = await shared;
      client.type(line);
      const answer = JSON.parse(await client.nextFrame());
      expect(answer).toEqual({
        type: "error",
        error,
        details,
        timestamp: "2025-11-24T10:30:00.000",
      });
      expect(Object.keys(answer)).toEqual(["type", "error", "details", "timestamp"]);
      client.type('{"type": "ping"}');
      expect(await client.nextFrame()).toContain('"pong"');
    },
  );
});

describe("a client that takes too little", () => {
  it("is held to its budget, and gets the newest of each price when it comes to itself", async () => {
    await using server = await startDialects({ A: [10] });
    const { hub, book } = server.system.context;
    const socket = new WebSocket(`${server.url.replace("http", "ws")}${PATH}`);
    const frames: string[] = [];
    socket.on("message", (raw) => frames.push(String(raw)));
    await once(socket, "message");
    socket.send('{"type":"subscribe","subscription_type":"market","target":"all"}');
    while (frames.length < 3) await once(socket, "message");
    socket.pause();

    const quote = book.quote("A");
    if (!quote) throw new Error("there is no price");
    const ROUNDS = 800;
    let most = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const row = { ...quote, symbol: `S${round % 10}`, name: "x".repeat(20_000), price: round };
      await hub.publish(market.board({ board: "all" }), row);
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, hub.stats().queuedBytes);
    }
    expect(hub.stats().connections).toBe(1);
    expect(most).toBeLessThan(1_048_576);

    socket.resume();
    const newest = new Map<string, number>();
    let at = 3;
    while (newest.size < 10 || Math.min(...newest.values()) <= ROUNDS - 10) {
      if (at === frames.length) await once(socket, "message");
      for (; at < frames.length; at += 1) {
        for (const { code, price } of JSON.parse(frames[at] ?? "").data) newest.set(code, price);
      }
    }
    expect(Math.max(...newest.values())).toBe(ROUNDS);
    expect(frames.length).toBeLessThan(ROUNDS); // what nobody has use for any more was left out
    socket.terminate();
  });
});
