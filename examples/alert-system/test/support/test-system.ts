import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Client, createClient } from "@tocsin/client";
import type { Tick } from "@tocsin/protocol/alerts";
import { silentLogger } from "@tocsin/server-kit";
import { listSeries } from "@tocsin/server-kit/alerts";
import { type FakeClock, fakeClock } from "@tocsin/server-kit/testing";
import { market } from "@tocsin-example/alert-contract";
import type { Listing } from "../../src/context.js";
import type { Market } from "../../src/market/market.js";
import { openDataDirectory } from "../../src/setup/data-directory.js";
import { type AlertSystem, createAlertSystem } from "../../src/system.js";

const MINUTE = 60_000;

/** When the test market opens. The first prices are there before anything is started. */
const OPEN = Date.UTC(2008, 8, 15, 14, 30);

/** One market minute in ten real milliseconds of the fake clock: the shortest step of a replay. */
const SPEED = MINUTE / 10;

/** A test that waits in vain must not keep the others from running. */
const GIVEN_UP_AFTER_MS = 25_000;

/** Prices of each symbol, one a market minute from the opening on. */
export type Prices = Readonly<Record<string, readonly number[]>>;

/** A market that does what a test says. */
function marketOf(prices: Prices): Market {
  const ticks: Tick[] = Object.entries(prices)
    .flatMap(([symbol, list]) =>
      list.map((price, index) => ({ symbol, price, volume: 0, at: OPEN + index * MINUTE })),
    )
    .sort((a, b) => a.at - b.at);
  const listing = (symbol: string): Listing => ({
    symbol,
    name: symbol,
    source: "replay",
    board: "index",
  });
  const symbols = Object.keys(prices);
  return {
    listings: symbols.map(listing),
    series: [{ symbols, ticks: listSeries(ticks), lookBackMs: 1e12, staleAfterMs: 1e12 }],
    sessions: [{ open: OPEN, close: OPEN + 600 * MINUTE }],
    startsAfter: OPEN,
    halting: [],
  };
}

/** A directory that is gone after the test. */
export function temporaryDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "tocsin-system-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A system on a real HTTP server, and a market that moves when `minutes` says so. */
export interface TestSystem extends AsyncDisposable {
  readonly system: AlertSystem;
  readonly clock: FakeClock;
  /** Lets market time pass, and what hangs on it happen. */
  minutes(count: number): Promise<void>;
  /** Lets time pass until something is so. */
  until(what: () => boolean): Promise<void>;
  /** A client of the real library, signed in. */
  client(userId?: string): Promise<Client<typeof market>>;
}

/** Starts a system on a directory, which may have been used before. */
export async function startSystem(
  dataDirectory: string,
  prices: Prices,
  databaseUrl?: string,
): Promise<TestSystem> {
  const data = await openDataDirectory({ dataDirectory, jwtSecret: undefined, databaseUrl });
  // The machine's time to begin with: tokens made on this clock are judged by clients that use their own.
  const clock = fakeClock(Date.now());
  const system = await createAlertSystem({
    data,
    settings: {
      source: "replay",
      speed: SPEED,
      stressSymbols: 0,
      privateWebhooks: true,
      smtpUrl: undefined,
      mailFrom: "alerts@localhost",
      operators: [],
      dashboard: "/nowhere",
    },
    logger: silentLogger,
    market: marketOf(prices),
    clock,
  });
  const server = createServer();
  system.served.hub.attach(server, { path: "/ws" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const clients: Client[] = [];

  async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await nextTurn();
  }

  return {
    system,
    clock,
    async minutes(count) {
      for (let minute = 0; minute < count; minute += 1) {
        clock.advance(10);
        await turns(2);
      }
    },
    async until(what) {
      const givenUpAt = Date.now() + GIVEN_UP_AFTER_MS;
      while (!what()) {
        if (Date.now() > givenUpAt) throw new Error(`never came to be: ${what}`);
        clock.advance(10);
        await turns(4);
      }
    },
    async client(userId = "demo") {
      const { token } = await system.context.issueSession(userId);
      const client = createClient({ url: `ws://127.0.0.1:${port}/ws`, contract: market, token });
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      const state = { closed: false };
      const closing = system.close().finally(() => {
        state.closed = true;
      });
      // Draining goes by this clock, so it has to go on meanwhile.
      while (!state.closed) {
        clock.advance(100);
        await nextTurn();
      }
      await closing;
      server.close();
      await data.close();
    },
  };
}
