import {
  defineContract,
  latest,
  log,
  method,
  type ServerMessage,
  type ServerMessageOf,
  signal,
  type TocsinError,
  table,
} from "@tocsin/protocol";
import { z } from "zod";
import { type ClientOptions, createClient } from "../../src/index.js";
import { createFakeClock, createFakeServer, settled } from "../../src/testing/index.js";

/** A contract with one channel of each mode. */
export const market = defineContract({
  channels: {
    price: latest("stock:{code}", z.object({ last: z.number(), name: z.optional(z.string()) })),
    book: table("book:{code}", z.object({ id: z.string(), size: z.number() }), {
      key: "id",
      params: z.object({ min: z.number() }).optional(),
    }),
    alerts: log("alerts:{userId}", z.object({ n: z.number() })),
    typing: signal("typing:{room}", z.object({ who: z.string() })),
  },
  methods: {
    acknowledge: method({
      input: z.object({ id: z.string() }),
      output: z.object({ at: z.number() }),
    }),
  },
});

export const price = market.price({ code: "A" });
export const book = market.book({ code: "A" });
export const alerts = market.alerts({ userId: "u" });
export const typing = market.typing({ room: "r" });

/** A client, the server it talks to, and the time they live in. The server does nothing by itself. */
export function setup(options: Partial<ClientOptions<typeof market>> = {}) {
  const clock = createFakeClock(1_000_000);
  const server = createFakeServer({ automatic: false, now: clock.now });
  const wake = new Set<() => void>();
  const client = createClient({
    url: "ws://tocsin.test/ws",
    contract: market,
    WebSocket: server.WebSocket,
    clock,
    random: () => 0.5,
    wakeUps(listener) {
      wake.add(listener);
      return () => wake.delete(listener);
    },
    ...options,
  });
  const errors: TocsinError[] = [];
  client.on("error", (error) => errors.push(error));
  return {
    client,
    server,
    clock,
    errors,
    /** Wakes the page up. */
    wake: () => {
      for (const listener of wake) listener();
    },
    wakers: wake,
    /** Connects and greets. */
    async live() {
      void client.connect();
      server.welcome();
      await settled();
    },
    /** Cuts the connection, waits out the backoff and comes back. */
    async reconnect() {
      const before = server.sockets.length;
      server.socket.close();
      while (server.sockets.length === before) await clock.advance(100);
      server.welcome();
      await settled();
    },
    /** Answers the newest subscribe of a channel. */
    subscribed(channel: string, reply: Partial<ServerMessageOf<"subscribed">> = {}) {
      const asked = server.socket.of("subscribe").findLast((m) => m.channel === channel);
      server.send({
        type: "subscribed",
        ...(asked?.id !== undefined && { id: asked.id }),
        channel,
        mode: "log",
        epoch: "e1",
        offset: 0,
        recovery: "fresh",
        ...reply,
      });
    },
  };
}

/** A live event. */
export function event(
  channel: string,
  offset: number,
  data: unknown,
  more: Partial<ServerMessageOf<"event">> = {},
): ServerMessage {
  return { type: "event", channel, offset, data, timestamp: 5, ...more };
}
