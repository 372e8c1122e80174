import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Client, createClient } from "@tocsin/client";
import { type Tick, tick } from "@tocsin/protocol/alerts";
import { listSeries } from "@tocsin/server-kit/alerts";
import { type FakeClock, fakeClock } from "@tocsin/server-kit/testing";
import { market } from "@tocsin-example/alert-contract";
import { pino } from "pino";
import { serveOnExpress } from "../../../alert-server-express/src/serve.js";
import { serveOnFastify } from "../../../alert-server-fastify/src/serve.js";
import {
  type AlertSystem,
  createAlertSystem,
  openDataDirectory,
  type Served,
  type WebServer,
} from "../../src/index.js";
import { INDEX } from "../../src/market/instruments.js";
import type { Market } from "../../src/market/market.js";

const MINUTE = 60_000;
/** Market time at which the test market opens; the first price is there before anything is started. */
export const OPEN = Date.UTC(2008, 8, 15, 14, 30);

const logger = pino({ level: "silent" });

/** The web servers there are. What the tests of this folder say holds on each. */
export const SERVERS = ["Fastify", "Express"] as const;
export type ServerName = (typeof SERVERS)[number];

const serve: Record<ServerName, (served: Served) => Promise<WebServer>> = {
  async Fastify(served) {
    const app = await serveOnFastify(served, logger);
    return { listen: (port, host) => app.listen({ port, host }), close: () => app.close() };
  },
  async Express(served) {
    const server = serveOnExpress(served, logger);
    return {
      async listen(port, host) {
        await new Promise<void>((resolve) => server.listen(port, host, resolve));
        return `http://${host}:${(server.address() as AddressInfo).port}`;
      },
      async close() {
        await served.hub.close({ drainWithin: "2s" });
        server.closeAllConnections();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  },
};

/** One price a market minute: the first is history, the others are played. */
function marketOf(prices: readonly number[]): Market {
  const ticks: Tick[] = prices.map((price, index) =>
    tick.parse({ symbol: INDEX.symbol, price, at: OPEN + index * MINUTE }),
  );
  return {
    listings: [INDEX],
    series: [
      {
        symbols: [INDEX.symbol],
        ticks: listSeries(ticks),
        lookBackMs: 1_000 * MINUTE,
        staleAfterMs: Number.POSITIVE_INFINITY,
      },
    ],
    sessions: [{ open: OPEN, close: OPEN + 600 * MINUTE }],
    startsAfter: OPEN,
    halting: [],
  };
}

/** A running server with a market that moves when `minutes` says so. */
export interface TestServer {
  readonly url: string;
  readonly system: AlertSystem;
  readonly clock: FakeClock;
  /** Lets market time pass. */
  minutes(count: number): void;
  token(user?: string): Promise<string>;
  /** Sends a request with JSON; answers with status and body. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A client of the real library, signed in. */
  client(user?: string): Client<typeof market>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers without describing them twice
  readonly body: any;
}

export interface ServerOptions {
  readonly prices?: readonly number[];
  readonly dashboard?: string;
  readonly maxMonitors?: number;
  readonly operators?: readonly string[];
}

/** One market minute in ten real milliseconds of the fake clock: the shortest step of the replay. */
const SPEED = MINUTE / 10;

export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tocsin-server-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function startServer(
  name: ServerName,
  { prices = [100], dashboard = "/nowhere", maxMonitors, operators = ["demo"] }: ServerOptions = {},
): Promise<TestServer> {
  const temporary = temporaryDirectory();
  const data = await openDataDirectory({ dataDirectory: temporary.path, jwtSecret: undefined });
  // The machine's time to begin with: tokens made on this clock are judged by clients that use their own.
  const clock = fakeClock(Date.now());
  const system = await createAlertSystem({
    data,
    settings: {
      source: "replay",
      speed: SPEED,
      stressSymbols: 0,
      privateWebhooks: false,
      smtpUrl: undefined,
      mailFrom: "Tocsin <alerts@localhost>",
      operators,
      dashboard,
    },
    market: marketOf(prices),
    logger,
    clock,
    ...(maxMonitors !== undefined && { maxMonitors }),
  });
  const server = await serve[name](system.served);
  const url = await server.listen(0, "127.0.0.1");
  const clients: Client[] = [];

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { token, body, raw, type = "application/json", headers = {} } = options;
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(text !== undefined && { "content-type": type }),
      },
      ...(text !== undefined && { body: text }),
    });
    const answered = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return {
      status: response.status,
      headers: response.headers,
      body: json ? JSON.parse(answered) : answered,
    };
  }

  const token = async (user = "demo"): Promise<string> =>
    (await call("POST", "/api/session", { body: { user } })).body.token;

  return {
    url,
    system,
    clock,
    token,
    call,
    minutes: (count) => clock.advance(count * 10),
    client(user) {
      const client = createClient({
        url: `${url.replace("http", "ws")}/ws`,
        contract: market,
        token: () => token(user),
      });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) await client.close();
      let closed = false;
      const closing = (async () => {
        await system.stop();
        await server.close();
        await system.close();
      })().finally(() => {
        closed = true;
      });
      // The drain goes by this clock, so it has to go on while the rest of closing takes its turns.
      while (!closed) {
        clock.advance(100);
        await nextTurn();
      }
      await closing;
      await data.close();
      temporary.remove();
    },
  };
}

export const TAKE_PROFIT = {
  symbol: "SPX",
  rules: [{ kind: "take-profit", price: 105 }],
};
