import { msgpackCodec } from "@tocsin/protocol/msgpack";
import { describe, expect, test } from "vitest";
import { alerts, book, market, price } from "../../test/support/harness.js";
import { createClient } from "../index.js";
import { createFakeClock, createFakeServer, settled } from "./index.js";

describe("a fake server", () => {
  test("answers everything in the plainest way by itself", async () => {
    const server = createFakeServer();
    const client = createClient({
      url: "ws://x",
      contract: market,
      WebSocket: server.WebSocket,
      token: "t",
    });
    const sub = client.subscribe(alerts);
    await sub.ready;
    await expect(client.publish(alerts, { n: 1 })).resolves.toMatchObject({ offset: 1 });
    await expect(client.history(alerts)).resolves.toMatchObject({ events: [] });
    await expect(client.presence(alerts)).resolves.toEqual([]);
    sub.unsubscribe();
    await settled();
    expect(server.socket.received.map((m) => m.type)).toEqual([
      "auth",
      "subscribe",
      "publish",
      "history",
      "presence",
      "unsubscribe",
    ]);
    await client.close();
    expect(server.socket.status).toBe("closed");
  });

  test("follows a script", async () => {
    const server = createFakeServer({
      script: {
        call: ({ id }) => ({ type: "error", id, code: "forbidden", message: "not you" }),
        subscribe: ({ id, channel }) => [
          {
            type: "subscribed",
            id: id ?? "",
            channel,
            mode: "latest",
            epoch: "e",
            offset: 1,
            recovery: "fresh",
            snapshot: { last: 1 },
          },
          { type: "event", channel, offset: 2, data: { last: 2 }, timestamp: 1 },
        ],
      },
    });
    const client = createClient({ url: "ws://x", contract: market, WebSocket: server.WebSocket });
    const sub = client.subscribe(price);
    await sub.ready;
    await settled();
    expect(sub.value).toEqual({ last: 2 });
    await expect(client.call("acknowledge", { id: "x" })).rejects.toMatchObject({
      code: "forbidden",
    });
    await client.close();
  });

  test("says so when nobody has connected", () => {
    expect(() => createFakeServer().socket).toThrow("no client has connected");
  });

  test("speaks MessagePack, in binary frames", async () => {
    const server = createFakeServer({ codec: msgpackCodec });
    const client = createClient({
      url: "ws://x",
      contract: market,
      codec: msgpackCodec,
      WebSocket: server.WebSocket,
    });
    const sub = client.subscribe(book);
    await sub.ready;
    server.send({
      type: "event",
      channel: book.name,
      key: "a",
      offset: 1,
      data: { id: "a", size: 1 },
      timestamp: 1,
    });
    expect(sub.rows.get("a")).toEqual({ id: "a", size: 1 });
    expect(server.socket.protocols).toEqual(["tocsin.v1.msgpack"]);
    await client.close();
  });
});

describe("a fake clock", () => {
  test("runs what falls due in order, also what is set on the way", async () => {
    const clock = createFakeClock(1_000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b ${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a ${clock.now()}`);
      clock.after(5, () => seen.push(`c ${clock.now()}`));
    });
    const cancel = clock.after(12, () => seen.push("never"));
    cancel();
    clock.run(16);
    expect(seen).toEqual(["a 1010", "c 1015"]);
    await clock.advance(100);
    expect(seen).toEqual(["a 1010", "c 1015", "b 1020"]);
    expect([clock.now(), clock.pending]).toEqual([1_116, 0]);
  });
});
