import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AsyncApiDocument, JsonSchema } from "@tocsin/protocol/asyncapi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { market } from "../../../../examples/alert-contract/src/index.js";
import { createHub } from "../../src/index.js";

/** A document as a reader of the repository finds it. */
const written = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), "utf8"));

const QUOTE = {
  symbol: "600519",
  name: "Kweichow Moutai",
  price: 1690,
  change: 1,
  changePercent: 0.1,
  open: 1689,
  high: 1691,
  low: 1688,
  volume: 5,
  bid: null,
  ask: null,
  at: 1_798_758_000_000,
  stale: false,
  source: "replay" as const,
};
const STATUS = {
  running: true,
  speed: 60,
  marketTime: null,
  range: null,
  ticks: 0,
  fired: 0,
  suppressed: 0,
  ended: false,
  stale: [],
};

/** One request for each answer a hub gives, refusals included. */
const REQUESTS = [
  { type: "subscribe", id: "1", channel: "stock:600519" },
  { type: "subscribe", id: "2", channel: "market:main" },
  { type: "subscribe", id: "3", channel: "alerts:ann", since: { epoch: "old", offset: 7 } },
  { type: "publish", id: "4", channel: "stock:600519", data: { ...QUOTE, price: 1691 }, key: "k" },
  { type: "publish", id: "5", channel: "stock:600519", data: { ...QUOTE, price: 1692 } },
  { type: "history", id: "6", channel: "stock:600519" },
  { type: "call", id: "7", method: "setRunning", params: { running: true } },
  { type: "call", id: "8", method: "setSpeed", params: { speed: 0 } },
  { type: "subscribe", id: "9", channel: "nothing:here" },
  { type: "unsubscribe", id: "10", channel: "market:main" },
  { type: "ping", id: "11" },
];

/** A schema of one of the documents, its references kept. */
function checker(schema: JsonSchema, definitions: unknown): z.ZodType {
  const text = JSON.stringify({ ...schema, definitions });
  const document = JSON.parse(text.replaceAll("#/components/schemas/", "#/definitions/"));
  return z.fromJSONSchema(document, { defaultTarget: "draft-7" });
}

describe("frames of a real hub", () => {
  const hub = createHub({
    contract: market,
    authorize: () => true,
    methods: { setRunning: () => STATUS, setSpeed: () => STATUS, seek: () => STATUS },
  });
  const server = createServer();
  const frames: { type: string; id?: string; channel?: string; data?: unknown }[] = [];

  beforeAll(async () => {
    hub.attach(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await hub.publish(market.price({ code: QUOTE.symbol }), QUOTE);
    await hub.publish(market.board({ board: "main" }), QUOTE);
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    socket.on("message", (data) => frames.push(JSON.parse(String(data))));
    await once(socket, "open");
    for (const request of REQUESTS) socket.send(JSON.stringify(request));
    const answered = (id: string) => frames.some((frame) => frame.id === id);
    while (!REQUESTS.every(({ id }) => answered(id))) await once(socket, "message");
    const closing = hub.close({ drainWithin: 20 });
    await once(socket, "close");
    await closing;
  });
  afterAll(() => void server.close());

  it("fit the JSON Schema of the wire, and so do the requests", () => {
    const { definitions } = written("messages.schema.json");
    const ofServer = checker({ $ref: "#/definitions/server" }, definitions);
    const ofClient = checker({ $ref: "#/definitions/client" }, definitions);
    for (const frame of frames)
      expect([frame, ofServer.safeParse(frame).error]).toEqual([frame, undefined]);
    for (const request of REQUESTS) expect(ofClient.safeParse(request).success).toBe(true);
    const seen = new Set(frames.map(({ type }) => type));
    for (const type of ["connected", "subscribed", "published", "result", "error", "goaway"]) {
      expect(seen).toContain(type);
    }
    expect(ofServer.safeParse({ type: "subscribed", channel: "a" }).success).toBe(false);
    expect(ofClient.safeParse({ type: "publish", id: "1", channel: "a" }).success).toBe(false);
  });

  it("fit the AsyncAPI message of their channel, payload and snapshot included", () => {
    const { channels, components }: AsyncApiDocument = written("asyncapi.json");
    const checkerOf = (channel: string, message: string) => {
      const found = channels[channel]?.messages[message];
      if (!found || !("payload" in found)) throw new Error(`${channel} has no ${message}`);
      return checker(found.payload, components.schemas);
    };
    const idOf = { "stock:600519": "price", "market:main": "board", "alerts:ann": "alerts" };
    let checked = 0;
    for (const [address, id] of Object.entries(idOf)) {
      for (const frame of frames.filter(({ channel }) => channel === address)) {
        expect([frame, checkerOf(id, frame.type).safeParse(frame).error]).toEqual([
          frame,
          undefined,
        ]);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(5);
    const wrong = {
      ...frames.find(({ type, id }) => type === "subscribed" && id === "1"),
      snapshot: 7,
    };
    expect(checkerOf("price", "subscribed").safeParse(wrong).success).toBe(false);
    const result = frames.find(({ id }) => id === "7");
    const calls = checkerOf("tocsin.connection", "setRunning.result");
    expect(calls.safeParse(result).success).toBe(true);
    expect(calls.safeParse({ ...result, data: {} }).success).toBe(false);
    expect(
      checkerOf("price", "historyResult").safeParse(frames.find(({ id }) => id === "6")).success,
    ).toBe(true);
  });
});
