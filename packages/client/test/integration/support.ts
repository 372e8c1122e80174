import { createServer, type Server } from "node:http";
import { connect, createServer as createProxy, type Socket } from "node:net";
import { createHub, type HubOptions } from "@tocsin/server-kit";
import { type ClientOptions, createClient } from "../../src/index.js";
import { market } from "../support/harness.js";

/** A hub on a real port, behind a proxy that can cut every connection at any byte. */
export async function realWorld(options: Partial<HubOptions<typeof market>> = {}) {
  const hub = createHub({
    contract: market,
    authorize: () => true,
    methods: { acknowledge: () => ({ at: 7 }) },
    ...options,
  });
  const server = createServer();
  hub.attach(server, { path: "/ws" });
  const port = await listen(server);
  const proxy = await cuttingProxy(port);
  const clients: { close(): Promise<void> }[] = [];
  return {
    hub,
    cut: proxy.cut,
    /** Resets each connection after so many more bytes to the client, in the middle of a frame as a rule. */
    cutAfter: proxy.cutAfter,
    /** Drops everything silently, as a lost network does. */
    blackhole: proxy.blackhole,
    client(more: Partial<ClientOptions<typeof market>> = {}) {
      const client = createClient({
        url: `ws://127.0.0.1:${proxy.port}/ws`,
        contract: market,
        backoff: { baseMs: 5, maxMs: 50 },
        ...more,
      });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await hub.close({ drainWithin: 0 });
      proxy.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server | ReturnType<typeof createProxy>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address && typeof address === "object") resolve(address.port);
      else reject(new Error("no port"));
    });
  });
}

async function cuttingProxy(target: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let silent = false;
  let left = Number.POSITIVE_INFINITY;
  const proxy = createProxy((near) => {
    const far = connect(target, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on("data", (bytes) => {
        if (silent) return;
        if (from !== far || bytes.length < left) {
          if (from === far) left -= bytes.length;
          to.write(bytes);
          return;
        }
        to.write(bytes.subarray(0, left), () => near.resetAndDestroy());
        left = Number.POSITIVE_INFINITY;
      });
      from.on("error", end);
      from.on("close", end);
    }
  });
  return {
    port: await listen(proxy),
    /** Resets every connection. */
    cut() {
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    cutAfter(bytes: number) {
      left = bytes;
    },
    blackhole(on: boolean) {
      silent = on;
    },
    close() {
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      proxy.close();
    },
  };
}

/** Waits until something holds. */
export async function until(holds: () => boolean, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`still waiting for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
