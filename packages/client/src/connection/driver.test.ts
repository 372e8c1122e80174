import { describe, expect, test, vi } from "vitest";
import { alerts, market, price, setup } from "../../test/support/harness.js";
import { createClient, type SocketConstructor } from "../index.js";
import { createFakeServer, settled } from "../testing/index.js";

describe("sockets", () => {
  test("asks for the codec's subprotocol", async () => {
    const { live, server } = setup();
    await live();
    expect(server.socket).toMatchObject({
      url: "ws://tocsin.test/ws",
      protocols: ["tocsin.v1.json"],
    });
  });

  test("a late event of an abandoned socket is ignored (E17, C19)", async () => {
    const { client, server, clock } = setup({ connectTimeoutMs: 1_000 });
    void client.connect().catch(() => {});
    const stuck = server.socket; // never opens: stuck CONNECTING
    await clock.advance(1_000);
    expect(stuck.left).toEqual({ by: "terminate" });
    await clock.advance(500);
    expect(server.sockets).toHaveLength(2);
    server.welcome();
    await settled();
    expect(client.state.status).toBe("live");
    stuck.open();
    stuck.send(server.hello());
    stuck.close(4503);
    expect(client.state.status).toBe("live");
  });

  test("a dead one is let go without waiting for it, and a new one dialled (E10, F13)", async () => {
    const { client, live, server, clock } = setup();
    await live();
    await clock.advance(25_000);
    expect(server.socket.of("ping")).toHaveLength(1);
    await clock.advance(7_999);
    expect(client.state.status).toBe("live");
    await clock.advance(1);
    expect(client.state).toMatchObject({
      status: "waiting",
      error: { name: "HeartbeatTimeoutError" },
    });
    expect(server.socket.left).toEqual({ by: "terminate" });
    await clock.advance(250);
    expect(server.sockets).toHaveLength(2);
  });

  test("any frame is a sign of life, a broken one too (E8)", async () => {
    const { client, live, server, clock, errors } = setup();
    await live();
    for (let n = 0; n < 10; n += 1) {
      await clock.advance(20_000);
      server.socket.sendRaw(n % 2 ? "nonsense" : '{"type":"confetti"}');
    }
    expect(server.socket.of("ping")).toEqual([]);
    expect(client.state.status).toBe("live");
    expect(errors).toHaveLength(5);
    expect(errors[0]).toMatchObject({ name: "ProtocolError" });
  });

  test("a url that is none stops the client with the reason", async () => {
    const broken = class {
      constructor() {
        throw new SyntaxError("bad url");
      }
    } as unknown;
    const { client, errors } = setup({ WebSocket: broken as SocketConstructor });
    await expect(client.connect()).rejects.toMatchObject({
      name: "DialError",
      cause: expect.any(SyntaxError),
    });
    expect(errors).toHaveLength(1);
  });

  test("the constructor is looked up at connect, so that one which comes later counts", async () => {
    const server = createFakeServer();
    let late: SocketConstructor | undefined;
    const client = createClient({
      url: "ws://x",
      contract: market,
      get WebSocket() {
        if (late === undefined) throw new Error("too early");
        return late;
      },
    });
    late = server.WebSocket;
    await client.connect();
    expect(server.sockets).toHaveLength(1);
    await client.close();
  });
});

describe("a page that wakes up", () => {
  test("probes a live socket, and dials at once instead of waiting (E29, C13)", async () => {
    const { client, live, server, clock, wake } = setup();
    await live();
    await clock.advance(1);
    wake();
    expect(server.socket.of("ping")).toHaveLength(1);
    await clock.advance(3_000);
    expect(client.state.status).toBe("waiting");
    wake();
    expect(server.sockets).toHaveLength(2);
  });

  test("after a clean close stays closed, and nobody listens for it any more (E27)", async () => {
    const { client, live, server, wake, wakers, clock } = setup();
    await live();
    await client.close();
    expect(server.socket.left).toEqual({ by: "close", code: 1000 });
    wake();
    await clock.advance(100_000);
    expect(server.sockets).toHaveLength(1);
    expect(wakers.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test("is noticed through the page's own events", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    const view = new EventTarget();
    vi.stubGlobal("document", page);
    vi.stubGlobal("window", view);
    const { pageWakeUps } = await import("./wake.js");
    let woken = 0;
    const stop = pageWakeUps(() => {
      woken += 1;
    });
    page.dispatchEvent(new Event("visibilitychange"));
    expect(woken).toBe(0);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    view.dispatchEvent(new Event("online"));
    view.dispatchEvent(new Event("pageshow"));
    expect(woken).toBe(3);
    stop();
    view.dispatchEvent(new Event("online"));
    expect(woken).toBe(3);
    vi.unstubAllGlobals();
  });
});

describe("tokens", () => {
  test("are fetched anew for each connection, and sent before anything else (E15)", async () => {
    let made = 0;
    const { client, server, clock } = setup({ token: () => `t${++made}` });
    client.subscribe(price);
    await settled();
    server.welcome();
    expect(server.socket.received).toEqual([{ type: "auth", id: expect.any(String), token: "t1" }]);
    server.send({ type: "authenticated", userId: "u" });
    expect(server.socket.received.map((m) => m.type)).toEqual(["auth", "subscribe"]);
    server.socket.close();
    await clock.advance(500);
    server.welcome();
    expect(server.socket.of("auth")[0]?.token).toBe("t2");
  });

  test("are refreshed in place before they end, on the server's clock", async () => {
    let made = 0;
    const { client, server, clock } = setup({ token: async () => `t${++made}` });
    void client.connect();
    await settled();
    server.welcome();
    server.send({ type: "authenticated", userId: "u", expiresAt: clock.now() + 10_000 });
    await clock.advance(5_000);
    expect(server.socket.of("auth").map((m) => m.token)).toEqual(["t1", "t2"]);
    expect(client.state.status).toBe("live");
  });

  test("whose callback throws are asked for again after a backoff, with the error told", async () => {
    let calls = 0;
    const { client, server, clock } = setup({
      token: () => {
        calls += 1;
        if (calls < 3) throw new Error("no network");
        return "t";
      },
    });
    void client.connect();
    await settled();
    expect(client.state).toMatchObject({ status: "waiting", error: { name: "TokenError" } });
    expect(server.sockets).toHaveLength(0);
    await clock.advance(1_000);
    expect(server.sockets).toHaveLength(1);
  });

  test("setToken revives a client that was turned away for its old one (C9)", async () => {
    const { client, server } = setup({ token: "old" });
    const connecting = client.connect();
    await settled();
    server.welcome();
    server.socket.close(4501, "token does not verify");
    await expect(connecting).rejects.toMatchObject({ code: 4501, retryable: false });
    client.setToken("new");
    await settled();
    server.welcome();
    expect(server.socket.of("auth")[0]?.token).toBe("new");
  });

  test("a slow fetch of an old attempt does not authenticate a new one", async () => {
    const waiting: ((token: string) => void)[] = [];
    const { client, server } = setup({
      token: () => new Promise((resolve) => waiting.push(resolve)),
    });
    void client.connect();
    await settled();
    client.setToken(() => "second");
    await settled();
    server.welcome();
    waiting[0]?.("first");
    await settled();
    expect(server.socket.of("auth").map((m) => m.token)).toEqual(["second"]);
  });

  test("a server that asks nobody who they are is fine with a client that has a token", async () => {
    const { client, server } = setup({ token: "t" });
    const connecting = client.connect();
    await settled();
    server.welcome();
    const id = server.socket.of("auth")[0]?.id ?? "";
    server.send({ type: "error", id, code: "unsupported", message: "leave auth out" });
    await connecting;
  });
});

describe("the state", () => {
  test("is told in order, and closing from inside a handler is safe (E21)", async () => {
    const { client, server, clock } = setup();
    const seen: string[] = [];
    client.on("state", ({ status }) => {
      seen.push(status);
      if (status === "live") void client.close();
    });
    const sub = client.subscribe(alerts);
    server.welcome();
    await settled();
    expect(seen).toEqual(["connecting", "live", "closed"]);
    expect(sub.state).toBe("ended");
    await clock.advance(60_000);
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.status).toBe("closed");
  });

  test("keeps its identity until it changes, for stores", async () => {
    const { client, live, clock } = setup();
    await live();
    const before = client.state;
    await clock.advance(10_000);
    expect(client.state).toBe(before);
  });

  test("does not show the token", async () => {
    const { client } = setup({ token: "secret" });
    void client.connect();
    await settled();
    expect(JSON.stringify(client.state)).not.toContain("secret");
  });

  test("stops after maxAttempts, of the first connect too, and connect() tries again (C16)", async () => {
    const { client, server, clock } = setup({ maxAttempts: 2 });
    const connecting = client.connect();
    connecting.catch(() => {});
    server.socket.close();
    await clock.advance(1_000);
    server.socket.close();
    await expect(connecting).rejects.toMatchObject({ name: "ConnectionClosedError", code: 1006 });
    await expect(client.publish(price, { last: 1 })).rejects.toMatchObject({ code: 1006 });
    void client.connect();
    expect(server.sockets).toHaveLength(3);
  });

  test("a goaway is told and followed", async () => {
    const { client, live, server, clock } = setup();
    await live();
    const notices: unknown[] = [];
    client.on("goaway", (notice) => notices.push(notice));
    server.send({ type: "goaway", reason: "deploy", reconnectAfterMs: 2_000 });
    expect(notices).toEqual([{ reason: "deploy", reconnectAfterMs: 2_000 }]);
    await clock.advance(1_999);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(server.sockets).toHaveLength(2);
    expect(server.sockets[0]?.left).toEqual({ by: "close", code: 1000 });
  });

  test("a rate limit's advice is followed after the close that comes with it", async () => {
    const { live, server, clock } = setup();
    await live();
    server.send({ type: "error", code: "rate-limited", message: "slow down", retryAfterMs: 9_000 });
    server.socket.close(4029);
    await clock.advance(8_999);
    expect(server.sockets).toHaveLength(1);
    await clock.advance(1);
    expect(server.sockets).toHaveLength(2);
  });

  test("a signal that is aborted closes the client", async () => {
    const controller = new AbortController();
    const { client, live } = setup({ signal: controller.signal });
    await live();
    controller.abort();
    expect(client.state.status).toBe("closed");
    expect(() => client.subscribe(price)).toThrow(
      expect.objectContaining({ name: "ClientClosedError" }),
    );
    await expect(client.connect()).rejects.toMatchObject({ name: "ClientClosedError" });
    await expect(client.call("acknowledge", { id: "" })).rejects.toMatchObject({
      name: "ClientClosedError",
    });
    await client.close();
  });

  test("await using closes the client", async () => {
    const { client, live, server } = setup();
    await live();
    {
      await using scoped = client;
      expect(scoped.state.status).toBe("live");
    }
    expect(server.socket.status).toBe("closed");
  });
});

test("a handler that throws is reported once and disturbs nobody, a handler of errors too", async () => {
  const warnings: string[] = [];
  const log = (_: object, message: string) => void warnings.push(message);
  const { client, live, errors } = setup({
    logger: { debug: () => {}, info: log, warn: log, error: log },
  });
  let told = 0;
  client.on("state", () => {
    throw new Error("mine");
  });
  client.on("error", () => {
    told += 1;
    throw new Error("also mine");
  });
  await live();
  expect(client.state.status).toBe("live");
  expect(errors.map((error) => error.name)).toEqual(["HandlerError", "HandlerError"]);
  expect(told).toBe(2);
  expect(warnings.length).toBeGreaterThan(0);
});
