import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { listSeries } from "@tocsin/server-kit/alerts";
import { type FakeClock, fakeClock } from "@tocsin/server-kit/testing";
import { pino } from "pino";
import { startTypist, type Typist } from "../../../../packages/server-kit/test/support/typist.js";
import { serveOnFastify } from "../../../alert-server-fastify/src/serve.js";
import { type AlertSystem, createAlertSystem, openDataDirectory } from "../../src/index.js";
import type { Market } from "../../src/market/market.js";

const MINUTE = 60_000;

/** When the test market opens. The first prices are there before anything is started. */
const OPEN = Date.UTC(2008, 8, 15, 14, 30);

/** Prices of each symbol, one a market minute from the opening on. */
type Prices = Readonly<Record<string, readonly number[]>>;

/** When all tests of this folder begin: their frames can be written down to the last character. */
const NOW = Date.UTC(2025, 10, 24, 10, 30);

const PYTHON = "/usr/bin/python3";

const TYPIST = fileURLToPath(
  new URL("../../../../packages/server-kit/test/support/fixtures/typist.py", import.meta.url),
);

/** Why these tests cannot drive Python's `websockets`, if they cannot. */
export const pythonLacks = (() => {
  const { status, error } = spawnSync(PYTHON, ["-c", "import websockets"]);
  if (error) return `no ${PYTHON}`;
  return status === 0 ? undefined : "python3-websockets is not installed";
})();

/** The whole alert system on Fastify, on a clock of its own, with everything it logs. */
export interface DialectServer extends AsyncDisposable {
  readonly url: string;
  readonly system: AlertSystem;
  readonly clock: FakeClock;
  /** All that was logged, at every level. */
  readonly log: () => string;
  /** A client in Python that was written for one of the formats. */
  python(path: string): Typist;
  /** The same at another address. */
  pythonAt(url: string): Typist;
  token(userId: string): Promise<string>;
  /** Lets time pass, in steps, and what hangs on it happen. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until a promise is kept. */
  meanwhile<T>(promise: Promise<T>): Promise<T>;
}

/** Starts a server with prices that a test names, or with a market that is given. */
export async function startDialects(of: Prices | Market): Promise<DialectServer> {
  const directory = mkdtempSync(join(tmpdir(), "tocsin-dialects-"));
  const data = await openDataDirectory({ dataDirectory: directory, jwtSecret: undefined });
  const clock = fakeClock(NOW);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: "trace" }, sink);
  const system = await createAlertSystem({
    data,
    settings: {
      source: "replay",
      speed: 300, // a market minute in 200 ms
      stressSymbols: 0,
      privateWebhooks: false,
      smtpUrl: undefined,
      mailFrom: "alerts@localhost",
      operators: ["olga"],
      dashboard: "/nowhere",
    },
    logger,
    market: isMarket(of) ? of : marketOf(of),
    clock,
  });
  const app = await serveOnFastify(system.served, logger);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const typists: Typist[] = [];

  function pythonAt(address: string): Typist {
    const typist = startTypist(PYTHON, [TYPIST, address]);
    typists.push(typist);
    return typist;
  }

  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      for (let turn = 0; turn < 4; turn += 1) await nextTurn();
    }
  }

  async function meanwhile<T>(promise: Promise<T>): Promise<T> {
    const state = { over: false };
    const over = () => {
      state.over = true;
    };
    promise.then(over, over);
    while (!state.over) await pass(100);
    return promise;
  }

  return {
    url,
    system,
    clock,
    log: () => lines.join(""),
    python: (path) => pythonAt(`${url.replace("http", "ws")}${path}`),
    pythonAt,
    token: async (userId) => (await system.context.issueSession(userId)).token,
    pass,
    meanwhile,
    async [Symbol.asyncDispose]() {
      for (const typist of typists) await typist[Symbol.asyncDispose]();
      await meanwhile(system.stop());
      await meanwhile(app.close());
      await meanwhile(system.close());
      await data.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function isMarket(of: Prices | Market): of is Market {
  return "listings" in of && "series" in of;
}

function marketOf(prices: Prices): Market {
  const ticks = Object.entries(prices)
    .flatMap(([symbol, list]) =>
      list.map((price, index) => ({ symbol, price, volume: 0, at: OPEN + index * MINUTE })),
    )
    .sort((a, b) => a.at - b.at);
  const symbols = Object.keys(prices);
  return {
    listings: symbols.map((symbol) => ({ symbol, name: symbol, source: "replay", board: "index" })),
    series: [{ symbols, ticks: listSeries(ticks), lookBackMs: 1e12, staleAfterMs: 1e12 }],
    sessions: [{ open: OPEN, close: OPEN + 600 * MINUTE }],
    startsAfter: OPEN,
    halting: [],
  };
}
