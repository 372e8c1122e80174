import { describe, expect, test } from "vitest";
import { alerts, price, setup } from "../test/support/harness.js";
import { settled } from "./testing/index.js";

describe("a publish", () => {
  test("that does not fit the contract is not sent", async () => {
    const { client, live, server } = setup();
    await live();
    // @ts-expect-error a text is no price
    await expect(client.publish(price, { last: "high" })).rejects.toMatchObject({
      name: "InvalidPayloadError",
      field: "last",
      subject: "stock:A",
    });
    expect(server.socket.of("publish")).toEqual([]);
  });

  test("has a key of its own, and one given is kept", async () => {
    const { client, live, server } = setup();
    await live();
    for (const key of [undefined, undefined, "mine"]) {
      client.publish(price, { last: 1 }, key ? { key } : {}).catch(() => {});
    }
    await settled();
    const keys = server.socket.of("publish").map((m) => m.key);
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe("mine");
    await client.close();
  });

  test("rejects with the server's error", async () => {
    const { client, live, server } = setup();
    await live();
    const published = client.publish(price, { last: 1 });
    await settled();
    server.send({
      type: "error",
      id: server.socket.of("publish")[0]?.id ?? "",
      code: "unavailable",
      message: "store is down",
      retryAfterMs: 50,
    });
    await expect(published).rejects.toMatchObject({
      name: "RequestError",
      code: "unavailable",
      retryable: true,
      retryAfterMs: 50,
    });
  });

  test("times out, offline too, and its late answer is nobody's", async () => {
    const { client, server, clock, errors } = setup({ requestTimeoutMs: 1_000 });
    const published = client.publish(price, { last: 1 });
    published.catch(() => {});
    await settled();
    server.welcome();
    const id = server.socket.of("publish")[0]?.id ?? "";
    await clock.advance(1_000);
    await expect(published).rejects.toMatchObject({ name: "RequestTimeoutError", retryable: true });
    server.send({ type: "error", id, code: "internal", message: "late" });
    expect(errors).toEqual([]);
  });

  test("keeps its place in the queue over cuts (E23)", async () => {
    const { client, server, clock } = setup({ requestTimeoutMs: 90_000 });
    for (let n = 1; n <= 5; n += 1) client.publish(alerts, { n }).catch(() => {});
    await settled();
    for (let cut = 0; cut < 3; cut += 1) {
      server.welcome();
      const sent = server.socket.of("publish").map((m) => (m.data as { n: number }).n);
      expect(sent).toEqual([1, 2, 3, 4, 5]);
      server.socket.close();
      await clock.advance(20_000);
    }
    await client.close();
  });

  test("made in a handler of `live` is sent once (E23)", async () => {
    const { client, server } = setup();
    client.on("state", ({ status }) => {
      if (status === "live") client.publish(price, { last: 1 }).catch(() => {});
    });
    void client.connect();
    server.welcome();
    await settled();
    expect(server.socket.of("publish")).toHaveLength(1);
    await client.close();
  });
});

describe("a call", () => {
  test("that was written when the connection broke is not repeated (F10)", async () => {
    const { client, live, server, reconnect } = setup();
    await live();
    const called = client.call("acknowledge", { id: "x" });
    called.catch(() => {});
    await settled();
    await reconnect();
    await expect(called).rejects.toMatchObject({ name: "ConnectionClosedError", retryable: true });
    expect(server.socket.of("call")).toEqual([]);
  });

  test("that was not yet written waits for the next connection", async () => {
    const { client, server, clock } = setup();
    const called = client.call("acknowledge", { id: "x" });
    await settled();
    server.socket.close();
    await clock.advance(1_000);
    server.welcome();
    const id = server.socket.of("call")[0]?.id ?? "";
    server.send({ type: "result", id, data: { at: 1 } });
    await expect(called).resolves.toEqual({ at: 1 });
  });

  test("whose answer does not fit the contract rejects", async () => {
    const { client, live, server } = setup();
    await live();
    const called = client.call("acknowledge", { id: "x" });
    await settled();
    const id = server.socket.of("call")[0]?.id ?? "";
    server.send({ type: "result", id, data: { at: "noon" } });
    await expect(called).rejects.toMatchObject({ name: "InvalidPayloadError", field: "at" });
  });

  test("ends with its signal, before or while it is under way", async () => {
    const { client, live } = setup();
    await live();
    const controller = new AbortController();
    const called = client.call("acknowledge", { id: "x" }, { signal: controller.signal });
    called.catch(() => {});
    await settled();
    controller.abort("changed my mind");
    await expect(called).rejects.toMatchObject({ name: "AbortedError", cause: "changed my mind" });
    await expect(
      client.call("acknowledge", { id: "x" }, { signal: controller.signal }),
    ).rejects.toMatchObject({ name: "AbortedError" });
  });

  test("of a method the contract does not have rejects, one named like a prototype too (A33)", async () => {
    const { client } = setup();
    // @ts-expect-error there is no such method
    await expect(client.call("constructor", {})).rejects.toThrow("no method");
  });
});

describe("the offline queue", () => {
  test("is bounded: one more is rejected, and nothing is dropped in silence (E25, C3)", async () => {
    const { client, server } = setup({ offlineQueue: 2 });
    const all = [1, 2, 3].map((n) => client.publish(alerts, { n }));
    for (const one of all) one.catch(() => {});
    await expect(all[2]).rejects.toMatchObject({ name: "QueueOverflowError", retryable: true });
    await settled();
    server.welcome();
    expect(server.socket.of("publish")).toHaveLength(2);
    await client.close();
    await expect(all[0]).rejects.toMatchObject({ name: "ClientClosedError" });
  });
});

describe("reads", () => {
  test("history is checked against the channel's schema", async () => {
    const { client, live, server } = setup();
    await live();
    const since = { epoch: "e1", offset: 3 };
    const asked = client.history(alerts, { since, limit: 10, reverse: true });
    await settled();
    const [message] = server.socket.of("history");
    expect(message).toMatchObject({ channel: "alerts:u", since, limit: 10, reverse: true });
    server.send({
      type: "result",
      id: message?.id ?? "",
      data: { epoch: "e1", offset: 4, events: [{ offset: 4, data: { n: 4 }, timestamp: 9 }] },
    });
    await expect(asked).resolves.toEqual({
      epoch: "e1",
      offset: 4,
      events: [{ offset: 4, data: { n: 4 }, publishedAt: 9 }],
    });
  });

  test.each([[null], [{}], [{ epoch: "e", offset: 1 }]])("history refuses %j", async (data) => {
    const { client, live, server } = setup();
    await live();
    const asked = client.history(alerts);
    asked.catch(() => {});
    await settled();
    server.send({ type: "result", id: server.socket.of("history")[0]?.id ?? "", data });
    await expect(asked).rejects.toMatchObject({ name: "ProtocolError" });
  });

  test("presence brings the members", async () => {
    const { client, live, server } = setup();
    await live();
    const asked = client.presence(price);
    await settled();
    const members = [{ clientId: "c", since: 1 }];
    server.send({
      type: "result",
      id: server.socket.of("presence")[0]?.id ?? "",
      data: { members },
    });
    await expect(asked).resolves.toEqual(members);
  });
});
