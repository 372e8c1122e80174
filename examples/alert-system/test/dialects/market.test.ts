import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createDialects } from "../../src/dialects/index.js";
import { pythonLacks, startDialects } from "./support.js";

const PATH = "/ws/market";
const NOW = "2025-11-24T10:30:00.000";
const SUBSCRIBE = '{"action": "subscribe", "channel": "market_data"}';

describe.skipIf(pythonLacks)(
  `a client of market_data and options_chain in Python (${pythonLacks ?? "as it is"})`,
  () => {
    it("is answered to the character, and greeted with nothing", async () => {
      await using server = await startDialects({ SPX: [100] });
      const client = server.python(PATH);
      client.type('{"action": "ping"}');
      expect(await client.nextFrame()).toBe(`{"type":"pong","timestamp":"${NOW}"}`);
      client.type(SUBSCRIBE);
      expect(await client.nextFrame()).toBe(
        `{"type":"subscription_confirmed","channel":"market_data","timestamp":"${NOW}"}`,
      );
      expect(await client.nextFrame()).toBe(
        `{"type":"market_data","data":{"symbol":"SPX","price":100,"timestamp":"2008-09-15T14:30:00.000"},"timestamp":"${NOW}"}`,
      );
      client.type('{"action": "unsubscribe", "channel": "market_data"}');
      expect(await client.nextFrame()).toBe(
        `{"type":"subscription_cancelled","channel":"market_data","timestamp":"${NOW}"}`,
      );
      client.type('{"action": "invalid_action"}');
      expect(await client.nextFrame()).toBe(
        `{"type":"error","message":"\\"action\\" must be subscribe, unsubscribe or ping","timestamp":"${NOW}"}`,
      );
    });

    it("gets one price every five seconds, however often it changes", async () => {
      const prices = Array.from({ length: 400 }, (_, n) => 100 + n);
      await using server = await startDialects({ SPX: prices });
      const client = server.python(PATH);
      client.type(SUBSCRIBE);
      await client.nextFrame();
      await client.nextFrame();
      server.system.context.service.start();
      const told: { data: { price: number }; timestamp: string }[] = [];
      for (let n = 0; n < 4; n += 1) {
        told.push(JSON.parse(await server.meanwhile(client.nextFrame())));
      }
      const times = told.map(({ timestamp }) => Date.parse(`${timestamp}Z`));
      const waits = times.slice(1).map((time, n) => time - (times[n] ?? 0));
      // What is told is the newest price there was then; a round of publishing is 200 ms.
      for (const wait of waits) {
        expect(wait).toBeGreaterThan(4_500);
        expect(wait).toBeLessThan(5_500);
      }
      expect(new Set(told.map(({ data }) => data.price)).size).toBe(4);
    });

    it("gets the first ten contracts every ten seconds, in one message", async () => {
      const prices = Array.from({ length: 400 }, (_, n) => 100 + n);
      await using server = await startDialects({ SPX: prices });
      const client = server.python(PATH);
      client.type('{"action": "subscribe", "channel": "options_chain"}');
      expect(await client.nextFrame()).toContain(
        '"subscription_confirmed","channel":"options_chain"',
      );
      const first = JSON.parse(await client.nextFrame());
      expect(Object.keys(first)).toEqual(["type", "data", "timestamp"]);
      expect(Object.keys(first.data)).toEqual(["currency", "options", "timestamp"]);
      const rows = server.system.context.chains.rows("SPX") ?? [];
      expect(first.data.currency).toBe("SPX");
      expect(
        first.data.options.map((row: { instrument_name: string }) => row.instrument_name),
      ).toEqual(rows.slice(0, 10).map(({ instrument }) => instrument));
      const [option] = rows;
      expect(first.data.options[0]).toEqual({
        instrument_name: option?.instrument,
        option_type: option?.kind,
        strike_price: option?.strike,
        expiration_date: new Date(option?.expiry ?? 0).toISOString().slice(0, -1),
        bid_price: option?.bid,
        ask_price: option?.ask,
        mark_price: option?.mark,
        implied_volatility: option?.markIv,
        ...option?.greeks,
        underlying_price: option?.underlyingPrice,
        timestamp: new Date(option?.at ?? 0).toISOString().slice(0, -1),
      });

      server.system.context.service.start();
      const told: { type: string; data: { options: unknown[] }; timestamp: string }[] = [];
      for (let n = 0; n < 3; n += 1) {
        told.push(JSON.parse(await server.meanwhile(client.nextFrame())));
      }
      expect(told.map(({ type, data }) => [type, data.options.length])).toEqual(
        Array(3).fill(["options_chain", 10]),
      );
      const times = told.map(({ timestamp }) => Date.parse(`${timestamp}Z`));
      for (const [n, time] of times.slice(1).entries()) {
        expect(time - (times[n] ?? 0)).toBeGreaterThan(9_000);
        expect(time - (times[n] ?? 0)).toBeLessThan(11_000);
      }
    });

    it("gets an error for channels and symbols there are not, and goes on", async () => {
      await using server = await startDialects({ SPX: [100], A: [5] });
      const client = server.python(PATH);
      const wrong: [line: string, message: string][] = [
        ['{"action": "subscribe"}', '"channel" must be market_data or options_chain'],
        [
          '{"action": "subscribe", "channel": "portfolio"}',
          '"channel" must be market_data or options_chain',
        ],
        [
          '{"action": "subscribe", "channel": "market_data", "params": {"symbol": "BTC"}}',
          "there is no symbol BTC; GET /api/symbols lists them",
        ],
        [
          '{"action": "subscribe", "channel": "options_chain", "params": {"symbol": "A"}}',
          "there are no options on A; only on SPX, SIM-C",
        ],
        ["ping", "the message is not JSON"],
        ['"ping"', 'the message is not an object with "action"'],
      ];
      for (const [line, message] of wrong) {
        client.type(line);
        expect(JSON.parse(await client.nextFrame())).toEqual({
          type: "error",
          message,
          timestamp: NOW,
        });
      }
      client.type('{"action": "subscribe", "channel": "market_data", "params": {"symbol": "A"}}');
      await client.nextFrame();
      expect(JSON.parse(await client.nextFrame()).data).toMatchObject({ symbol: "A", price: 5 });
    });

    it("can have /ws, when the hub's own formats are elsewhere", async () => {
      await using server = await startDialects({ SPX: [100] });
      const { context } = server.system;
      const http = createServer();
      const attachment = context.hub.attach(http, {
        path: "/tocsin",
        dialects: createDialects(context, { market: "/ws" }),
      });
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      const { port } = http.address() as AddressInfo;
      const script = server.pythonAt(`ws://127.0.0.1:${port}/ws`);
      script.type('{"action": "ping"}');
      expect(await script.nextFrame()).toBe(`{"type":"pong","timestamp":"${NOW}"}`);
      await script[Symbol.asyncDispose]();
      const own = server.pythonAt(`ws://127.0.0.1:${port}/tocsin`);
      expect(JSON.parse(await own.nextFrame())).toMatchObject({ type: "connected", protocol: 1 });
      await own[Symbol.asyncDispose]();
      attachment.close();
      http.close();
    });
  },
);
