import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { defineContract, latest, log, table } from "@tocsin/protocol";
import {
  type AttachOptions,
  createHub,
  type Dialect,
  type Hub,
  type HubOptions,
} from "@tocsin/server-kit";
import { type FakeClock, fakeClock } from "@tocsin/server-kit/testing";
import { afterEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { z } from "zod";

const contract = defineContract({
  channels: {
    price: latest("price:{code}", z.object({ price: z.number() })),
    board: table("board:{name}", z.object({ code: z.string(), price: z.number() }), {
      key: "code",
    }),
    inbox: log("inbox:{userId}", z.string(), { history: { size: 1_000 } }),
  },
});
type Options = Partial<Omit<HubOptions<typeof contract>, "contract" | "methods">>;

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Words with spaces between: `ask price:1`, `leave price:1`, `both a b`. It counts what it is asked to write. */
function words(settings: Partial<Dialect> = {}) {
  const counts = { events: 0, told: 0 };
  const dialect: Dialect = {
    path: "/words",
    events(events) {
      counts.events += 1;
      return [`events ${events.map(({ data }) => JSON.stringify(data)).join(" ")}`];
    },
    open({ clientId, principal, request }) {
      let asked = 0;
      return {
        first: principal ? [{ type: "subscribe", channel: `inbox:${principal.userId}` }] : [],
        decode(frame) {
          const [verb, ...targets] = String(frame).split(" ");
          if (verb === "bug") throw new Error("a bug of the dialect");
          if (verb === "nap") return { ok: true, messages: [] };
          if (verb !== "ask") {
            const problem = { field: "", message: "say ask and a channel" };
            return { ok: false, why: "unknown-type", problem };
          }
          asked += 1;
          const messages = targets.map((channel) => ({ type: "subscribe", channel }) as const);
          return { ok: true, messages };
        },
        encode(message) {
          counts.told += 1;
          if (message.type === "connected") {
            return clientId === message.clientId ? [`hello at ${request.path}`] : [];
          }
          if (message.type === "subscribed") return [`yes ${asked}`, message.channel];
          return message.type === "error" ? [`no ${message.code}`] : [];
        },
      };
    },
    ...settings,
  };
  return { dialect, counts };
}

/** Draining goes by the hub's clock, so it has to go on until that is over. */
async function runOut(closing: Promise<void>, clock: FakeClock): Promise<void> {
  const state = { over: false };
  void closing.then(() => {
    state.over = true;
  });
  while (!state.over) {
    clock.advance(100);
    await nextTurn();
  }
}

async function serve(attach: AttachOptions, options: Options = {}) {
  const lines: string[] = [];
  const note = (fields: object, text: string) => void lines.push(JSON.stringify([fields, text]));
  const logger = { debug: note, info: note, warn: note, error: note };
  const hub: Hub<typeof contract> = createHub({ contract, logger, ...options });
  const server = createServer((_request, response) => response.end());
  hub.attach(server, attach);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(async () => {
    const closed = hub.close({ drainWithin: 0 });
    if (options.clock && "advance" in options.clock)
      await runOut(closed, options.clock as FakeClock);
    await closed;
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const dial = (path: string, protocols: string[] = [], token = "") => {
    const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
    socket.on("error", () => {});
    open.push(() => socket.terminate());
    const frames: string[] = [];
    socket.on("message", (raw) => frames.push(String(raw)));
    const has = async (count: number) => {
      while (frames.length < count) await once(socket, "message");
      return frames;
    };
    return { socket, frames, has };
  };
  return { hub, dial, lines };
}

describe("a dialect", () => {
  it("has a path of its own, beside the hub's own formats on theirs", async () => {
    const { dial } = await serve({ dialects: [words().dialect] });
    expect(await dial("/words").has(1)).toEqual(["hello at /words"]);
    const native = await dial("/ws").has(1);
    expect(JSON.parse(native[0] ?? "")).toMatchObject({ type: "connected", protocol: 1 });
  });

  it("reads and writes with what a connection remembers", async () => {
    const { dial, hub } = await serve({ dialects: [words().dialect] });
    const { socket, has } = dial("/words");
    await has(1);
    socket.send("ask price:1");
    socket.send("ask price:2");
    expect((await has(5)).slice(1)).toEqual(["yes 2", "price:1", "yes 2", "price:2"]);
    await hub.publish(contract.price({ code: 1 }), { price: 7 });
    expect((await has(6)).at(-1)).toBe('events {"price":7}');
  });

  it("takes no subprotocol, whatever a client offers", async () => {
    const { dial } = await serve({ dialects: [words().dialect] });
    const { socket } = dial("/words", ["tocsin.v1.msgpack"]);
    const [response] = await once(socket, "upgrade");
    expect(response.headers).not.toHaveProperty("sec-websocket-protocol");
  });

  it("writes an event once for all its readers, and the rows of a turn as one frame", async () => {
    const { dialect, counts } = words();
    const { dial, hub } = await serve({ dialects: [dialect] });
    const readers = Array.from({ length: 5 }, () => dial("/words"));
    for (const { socket, has } of readers) {
      await has(1);
      socket.send("ask board:all");
      await has(3);
    }
    const row = (code: string, price: number) =>
      hub.publish(contract.board({ name: "all" }), { code, price });
    await Promise.all([row("a", 1), row("b", 2)]);
    for (const { has } of readers) {
      expect((await has(4)).slice(3)).toEqual([
        'events {"code":"a","price":1} {"code":"b","price":2}',
      ]);
    }
    expect(counts.events).toBe(1);
  });

  it("gets values whole where others get patches, and is written once for readers at different paces", async () => {
    const { dialect, counts } = words();
    const clock = fakeClock();
    const slow: Dialect = {
      ...dialect,
      open: (caller) => ({
        ...dialect.open(caller),
        decode: (frame) => ({
          ok: true,
          messages: [{ type: "subscribe", channel: String(frame), maxRate: 1 }],
        }),
      }),
    };
    const { dial, hub } = await serve({ dialects: [slow] }, { clock });
    const readers = Array.from({ length: 3 }, () => dial("/words"));
    for (const { socket, has } of readers) {
      await has(1);
      socket.send("price:1");
      await has(3);
    }
    const say = (price: number) => hub.publish(contract.price({ code: 1 }), { price });
    await say(1);
    for (const { has } of readers) await has(4);
    await say(2);
    await say(3); // takes the place of 2 for readers who are not due yet
    await nextTurn();
    clock.advance(1_000);
    for (const { has } of readers) {
      expect((await has(5)).slice(3)).toEqual(['events {"price":1}', 'events {"price":3}']);
    }
    expect(counts.events).toBe(2);
  });

  it("is answered with its own words for errors, and closed at the tenth frame that makes no sense", async () => {
    const { dial, hub } = await serve({ dialects: [words().dialect] });
    const { socket, frames } = dial("/words");
    for (let n = 0; n < 10; n += 1) socket.on("open", () => socket.send("nonsense"));
    const [code] = await once(socket, "close");
    expect(code).toBe(4500);
    expect(frames).toEqual(["hello at /words", ...Array(10).fill("no unknown-type")]);
    expect(hub.stats().rejected).toEqual({ message: { "unknown-type": 10 } });
  });

  it("may understand nothing of interest in a frame, and may fail at one", async () => {
    const { dial, lines } = await serve({ dialects: [words().dialect] });
    const { socket, has } = dial("/words");
    await has(1);
    for (const line of ["nap", "bug", "ask price:1"]) socket.send(line);
    expect((await has(4)).slice(1)).toEqual(["no internal", "yes 1", "price:1"]);
    expect(lines).toHaveLength(1);
  });

  it("cannot say more in one frame than the rate of messages allows", async () => {
    const limits = { messagesPerSecond: 10, messageBurst: 10 };
    const { dial } = await serve({ dialects: [words().dialect] }, { limits });
    const { socket, has } = dial("/words");
    await has(1);
    socket.send(`ask ${Array.from({ length: 11 }, (_, n) => `price:${n}`).join(" ")}`);
    const [code] = await once(socket, "close");
    expect(code).toBe(4029);
  });

  it("cannot be on more channels than a connection may", async () => {
    const { dial } = await serve(
      { dialects: [words().dialect] },
      { limits: { channelsPerConnection: 2 } },
    );
    const { socket, has } = dial("/words");
    await has(1);
    socket.send("ask price:1 price:2 price:3");
    expect(await has(6)).toContain("no limit");
  });

  it("is cut off when it takes too little, with no more held for it than its budget", async () => {
    const { dial, hub } = await serve(
      { dialects: [words().dialect] },
      { limits: { outboxBytes: 65_536 }, authenticate: () => ({ userId: "ann" }) },
    );
    const { socket, has } = dial("/words");
    await has(3);
    const closed = once(socket, "close");
    socket.pause();
    const inbox = contract.inbox({ userId: "ann" });
    const text = "x".repeat(50_000);
    let most = 0;
    while (hub.connections.size > 0 && !hub.stats().rejected.outbox) {
      await hub.publish(inbox, text);
      await nextTurn();
      most = Math.max(most, hub.stats().queuedBytes);
    }
    expect(hub.stats().rejected).toEqual({ outbox: { "slow-consumer": 1 } });
    expect(most).toBeLessThan(2 * 65_536 + 50_100);
    socket.resume();
    await closed;
  });
});

describe("a guest", () => {
  const guest = { userId: "somebody" };
  const options: Options = {
    authenticate: ({ token }) => (token === "good" ? { userId: "ann" } : null),
    limits: { authTimeoutMs: 50 },
  };

  it("is whoever brings no token where the dialect has guests", async () => {
    const { dial } = await serve({ dialects: [{ ...words().dialect, guest }] }, options);
    expect(await dial("/words").has(3)).toEqual(["hello at /words", "yes 0", "inbox:somebody"]);
  });

  it("is not known on the hub's own path", async () => {
    const { dial } = await serve({ dialects: [{ ...words().dialect, guest }] }, options);
    const [code] = await once(dial("/ws").socket, "close");
    expect(code).toBe(4501);
  });

  it("is not whoever brings a token: a good one counts, a bad one is of no use", async () => {
    const { dial } = await serve({ dialects: [{ ...words().dialect, guest }] }, options);
    expect((await dial("/words", [], "good").has(3)).at(-1)).toBe("inbox:ann");
    const [code] = await once(dial("/words", [], "bad").socket, "close");
    expect(code).toBe(4501);
  });
});

describe("a token in the path", () => {
  const authenticate: Options["authenticate"] = ({ token, request }) => {
    paths.push(request.path);
    return token?.startsWith("good ") ? { userId: token.slice(5) } : null;
  };
  const paths: string[] = [];

  it("says who it is, and nobody else sees it (A20)", async () => {
    const { dialect } = words({ path: "/words/{token}" });
    const { dial, hub, lines } = await serve({ dialects: [dialect] }, { authenticate });
    const { has, socket } = dial("/words/good%20ann");
    expect(await has(3)).toEqual(["hello at /words/{token}", "yes 0", "inbox:ann"]);
    await hub.publish(contract.inbox({ userId: "ann" }), "hi");
    expect((await has(4)).at(-1)).toBe('events "hi"');
    socket.send("nonsense");
    await has(5);
    expect(paths).toEqual(["/words/{token}"]);
    expect(lines.join()).not.toContain("good");
    expect(hub.clients()).toMatchObject([{ userId: "ann" }]);
  });

  it.each(["secret", "%E0%A4%A"])(
    "that does not verify is answered with 401: %s",
    async (token) => {
      const { dialect } = words({ path: "/words/{token}" });
      const { dial, hub, lines } = await serve({ dialects: [dialect] }, { authenticate });
      const [, response] = await once(dial(`/words/${token}`).socket, "unexpected-response");
      expect(response.statusCode).toBe(401);
      expect(hub.stats()).toMatchObject({
        connections: 0,
        rejected: { upgrade: { "bad-token": 1 } },
      });
      expect(lines.join()).not.toContain(token);
    },
  );

  it.each(["/words", "/words/", "/words/a/b"])("has to be there: %s is no path", async (path) => {
    const { dialect } = words({ path: "/words/{token}" });
    const { dial } = await serve({ dialects: [dialect] }, { authenticate });
    const [, response] = await once(dial(path).socket, "unexpected-response");
    expect(response.statusCode).toBe(404);
  });
});

describe("attaching", () => {
  it.each([
    ["two on one path", { dialects: [words().dialect, words().dialect] }, /taken/],
    ["one on the hub's own path", { path: "/words", dialects: [words().dialect] }, /taken/],
    ["a token in the middle", { dialects: [words({ path: "/{token}/x" }).dialect] }, /last part/],
    ["another name in braces", { dialects: [words({ path: "/x/{id}" }).dialect] }, /last part/],
  ])("throws at %s", (_name, options, message) => {
    const hub = createHub({ contract });
    expect(() => hub.attach(createServer(), options)).toThrow(message);
  });

  it("puts a dialect on /ws when the hub's own formats are elsewhere", async () => {
    const { dial } = await serve({ path: "/tocsin", dialects: [words({ path: "/ws" }).dialect] });
    expect(await dial("/ws").has(1)).toEqual(["hello at /ws"]);
    expect((await dial("/tocsin").has(1))[0]).toContain('"connected"');
  });

  it("ends a connection whose conversation cannot begin, and gives its place back", async () => {
    const broken = words({
      open() {
        throw new Error("a bug of the dialect");
      },
    });
    const { dial, hub, lines } = await serve(
      { dialects: [broken.dialect] },
      { limits: { connections: 1 } },
    );
    await once(dial("/words").socket, "close");
    expect(lines).toHaveLength(1);
    expect(hub.stats().connections).toBe(0);
    await dial("/ws").has(1);
  });
});
