import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NewRuleInput, newMonitor, type Tick } from "@tocsin/protocol/alerts";
import { Kysely, SqliteDialect } from "kysely";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tickOf } from "../../../test/support/rules.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { replaySource } from "../sources/replay.js";
import { listSeries } from "../sources/series.js";
import type { MarketDataSource } from "../sources/source.js";
import { kyselyAlertStore } from "../store/kysely-alert-store.js";
import { migrateAlerts } from "../store/migrations.js";
import type { AlertTables } from "../store/tables.js";
import type { AlertServiceOptions } from "./alert-service.js";
import { createAlertService } from "./create-alert-service.js";

let directory: string;
const open: Kysely<AlertTables>[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tocsin-service-"));
});
afterEach(async () => {
  for (const db of open.splice(0)) await db.destroy();
  rmSync(directory, { recursive: true, force: true });
});

/** A feed a test speaks for, to any number of listeners. */
function feed(): MarketDataSource & { send(...ticks: Tick[]): void } {
  const listeners = new Set<(tick: Tick) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {},
    stop() {},
    health: () => ({ running: true, lastTickAt: null }),
    send(...ticks) {
      for (const tick of ticks) for (const listener of listeners) listener(tick);
    },
  };
}

const monitorOn = (symbol: string, ...rules: NewRuleInput[]) => newMonitor.parse({ symbol, rules });
const target = (price: number, more = {}): NewRuleInput => ({
  kind: "take-profit",
  price,
  ...more,
});

async function openDb(): Promise<Kysely<AlertTables>> {
  const db = new Kysely<AlertTables>({
    dialect: new SqliteDialect({ database: new Database(join(directory, "alerts.db")) }),
  });
  open.push(db);
  await migrateAlerts(db);
  return db;
}

/** One life of a process on the database of this test. */
async function live({
  db: shared,
  ...options
}: Partial<AlertServiceOptions> &
  Pick<AlertServiceOptions, "source"> & { readonly db?: Kysely<AlertTables> }) {
  const db = shared ?? (await openDb());
  const clock = options.clock ?? fakeClock();
  const store = kyselyAlertStore(db, { now: () => clock.now() });
  const service = await createAlertService({ store, clock, ...options });
  return { service, store, clock };
}

type Life = Awaited<ReturnType<typeof live>>;

/** What is in the inbox of ada, oldest first, in a few words; summaries left out. */
async function inbox({ store }: Pick<Life, "store">): Promise<string[]> {
  const all = await store.notifications("ada", { limit: 200 });
  return all
    .filter(({ kind }) => kind !== "summary")
    .map(({ symbol, ruleId, firedAt, state }) => `${symbol} ${ruleId} @${firedAt} ${state}`)
    .reverse();
}

/** Lets everything that is under way come to its end: nothing here waits for anything but this process. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe("an alert service", () => {
  it("turns ticks into notifications", async () => {
    const source = feed();
    const life = await live({ source });
    await life.service.createMonitor("ada", monitorOn("SPX", target(105)));
    life.service.start();
    source.send(tickOf(1, 104), tickOf(2, 106), tickOf(3, 104));
    await life.service.stop();
    expect(await inbox(life)).toEqual(["SPX take-profit @2 resolved"]);
    expect(life.service.status()).toMatchObject({ ticks: 3, fired: 1, suppressed: 0 });
    await life.service.close();
  });

  it("wakes whoever delivers, once what it tells of is stored", async () => {
    const source = feed();
    let stored: readonly string[] = [];
    const life: Life = await live({
      source,
      onRecorded: ({ fired }) => {
        stored = [...stored, ...fired.map(({ id }) => id)];
      },
    });
    await life.service.createMonitor("ada", monitorOn("SPX", target(105)));
    life.service.start();
    source.send(tickOf(1, 104), tickOf(2, 106));
    await life.service.stop();
    expect(stored).toHaveLength(1);
    await life.service.close();
  });

  it("goes on from its checkpoint after a crash, with nothing lost and nothing twice", async () => {
    const ticks = Array.from({ length: 40 }, (_, index) =>
      tickOf(1_000 * (index + 1), index % 4 === 3 ? 106 : 104),
    );
    const start = (clock = fakeClock()) => {
      const source = replaySource({
        series: [listSeries(ticks)],
        sessions: [{ open: 0, close: 60_000 }],
        from: 0,
        speed: 1,
        clock,
      });
      return live({ source, clock });
    };
    const first = await start();
    await first.service.createMonitor("ada", {
      ...monitorOn("SPX", target(105)),
      cooldownMs: 0,
    });
    first.service.start();
    const clock = first.clock as ReturnType<typeof fakeClock>;
    for (let second = 0; second < 17; second += 1) {
      clock.advance(1_000);
      await quiet();
    }
    // It dies here: no stop, no close, whatever was under way.
    const second = await start();
    second.service.start();
    for (let step = 0; step < 60; step += 1) {
      (second.clock as ReturnType<typeof fakeClock>).advance(1_000);
      await quiet();
    }
    await second.service.stop();
    const expected = ticks.filter(({ price }) => price === 106).map(({ at }) => at);
    const told = await inbox(second);
    expect(told.map((text) => Number(/@(\d+)/.exec(text)?.[1]))).toEqual(expected);
    await second.service.close();
  });

  it("keeps a pending timer and a cooldown over a restart", async () => {
    const source = feed();
    const before = await live({ source });
    await before.service.createMonitor(
      "ada",
      monitorOn("SPX", target(105, { id: "waits", forMs: 100 }), target(105)),
    );
    before.service.start();
    source.send(tickOf(1, 104), tickOf(2, 106));
    await before.service.close();

    const next = feed();
    const after = await live({ source: next });
    after.service.start();
    next.send(tickOf(200, 107), tickOf(201, 104), tickOf(202, 106));
    await after.service.close();
    expect(await inbox(after)).toEqual(["SPX take-profit @2 resolved", "SPX waits @102 resolved"]);
    const [held] = await after.store.notifications("ada", { limit: 1, search: "105" });
    expect(held).toBeDefined();
    expect((await after.store.totals()).suppressed).toBe(1);
  });

  it("goes to another time of a replay: what fires goes on, what was told stays told", async () => {
    const ticks = [104, 106, 104, 106, 104].map((price, index) =>
      tickOf(1_000 * (index + 1), price),
    );
    const clock = fakeClock();
    const source = replaySource({
      series: [listSeries(ticks)],
      sessions: [{ open: 0, close: 60_000 }],
      from: 0,
      speed: 1,
      clock,
    });
    const life = await live({ source, clock });
    await life.service.createMonitor("ada", { ...monitorOn("SPX", target(105)), cooldownMs: 0 });
    life.service.start();
    const play = async (seconds: number) => {
      for (let step = 0; step < seconds; step += 1) {
        clock.advance(1_000);
        await quiet();
      }
    };
    await play(4);
    await life.service.seek(0);
    await play(10);
    await life.service.stop();
    expect(await inbox(life)).toEqual([
      "SPX take-profit @2000 resolved",
      "SPX take-profit @4000 resolved",
    ]);
    await life.service.close();
  });

  it("fills the windows of a new rule with what its symbol did before", async () => {
    const source = feed();
    const history = [tickOf(0, 100), tickOf(5_000, 120), tickOf(10_000, 110)];
    const life = await live({
      source,
      past: (_symbol, from, to) => history.filter(({ at }) => at > from && at <= to),
    });
    life.service.start();
    source.send(tickOf(10_000, 110));
    await life.service.createMonitor(
      "ada",
      monitorOn("SPX", { kind: "range-breakout", windowMs: 9_000 }),
    );
    source.send(tickOf(11_000, 119), tickOf(12_000, 121));
    await life.service.stop();
    expect(await inbox(life)).toEqual(["SPX range-breakout @12000 firing"]);
    await life.service.close();
  });

  it("asks its source for the symbols that are watched, and for no others", async () => {
    const asked: string[] = [];
    const source: MarketDataSource = {
      ...feed(),
      watch: (symbols) => void asked.push(...symbols.map((symbol) => `+${symbol}`)),
      unwatch: (symbols) => void asked.push(...symbols.map((symbol) => `-${symbol}`)),
    };
    const life = await live({ source });
    const first = await life.service.createMonitor("ada", monitorOn("A", target(1)));
    const second = await life.service.createMonitor("ada", monitorOn("A", target(2)));
    await life.service.changeMonitor("ada", first.id, { note: "moved" });
    await life.service.deleteMonitor("ada", first.id);
    await life.service.createMonitor("ada", monitorOn("B", target(2)));
    await life.service.changeMonitor("ada", second.id, { enabled: false });
    expect(asked).toEqual(["+A", "+B", "-A"]);
    await life.service.close();
  });

  it("refuses hours nobody knows before anything is stored", async () => {
    const life = await live({ source: feed() });
    const wrong = monitorOn("A", target(1, { hours: { exchange: "XMOON" } }));
    await expect(life.service.createMonitor("ada", wrong)).rejects.toThrow(/XMOON/);
    await expect(
      life.service.importMonitors("ada", [monitorOn("A", target(1)), wrong]),
    ).rejects.toThrow(/XMOON/);
    expect(await life.store.monitorsOf("ada")).toEqual([]);
    await life.service.close();
  });
});

describe("several workers on one database", () => {
  const symbols = Array.from({ length: 24 }, (_, index) => `S${index}`);

  async function workers(count: number) {
    const source = feed();
    const clock = fakeClock();
    // One connection: two in one thread would wait for each other. Workers as processes are tried elsewhere.
    const db = await openDb();
    const lives: Life[] = [];
    for (let index = 0; index < count; index += 1) {
      lives.push(
        await live({
          source,
          clock,
          db,
          share: { worker: `w${index}`, partitions: 8, leaseMs: 3_000 },
        }),
      );
    }
    const pass = async (seconds: number) => {
      for (let step = 0; step < seconds * 2; step += 1) {
        clock.advance(500);
        await quiet();
      }
    };
    for (const { service } of lives) service.start();
    await pass(6);
    return { source, clock, lives, pass };
  }

  const shareOfEach = (lives: readonly Life[]) =>
    lives.map(({ service }) => service.health().partitions ?? 0);

  it("share the symbols, and hear of monitors made by another", async () => {
    const { source, lives, pass } = await workers(3);
    const shares = shareOfEach(lives);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(8);
    expect(shares.filter((share) => share > 0).length).toBeGreaterThan(1);
    const [first] = lives as [Life];
    for (const symbol of symbols)
      await first.service.createMonitor("ada", monitorOn(symbol, target(105)));
    await pass(2);
    for (const symbol of symbols)
      source.send(tickOf(1, 104, { symbol }), tickOf(2, 106, { symbol }));
    await pass(1);
    const told = await inbox(first);
    expect(told).toHaveLength(symbols.length);
    expect(new Set(told).size).toBe(symbols.length);
    for (const { service } of lives) await service.close();
  });

  it("take a dead one's symbols over within its lease, with nothing lost and nothing twice", async () => {
    const { source, lives, pass } = await workers(2);
    const [survivor, dead] = lives as [Life, Life];
    for (const symbol of symbols) {
      await survivor.service.createMonitor("ada", {
        ...monitorOn(symbol, target(105)),
        cooldownMs: 0,
      });
    }
    await pass(2);
    const fires: string[] = [];
    let at = 0;
    const round = () => {
      for (const symbol of symbols) {
        source.send(tickOf(at + 1, 104, { symbol }), tickOf(at + 2, 106, { symbol }));
        fires.push(`${symbol} @${at + 2}`);
      }
      at += 10;
    };
    round();
    await pass(1);
    // It dies with ticks evaluated and not stored, and hears nothing of what comes.
    dead.store.record = () => new Promise(() => {});
    dead.store.renew = () => new Promise(() => {});
    dead.store.announce = () => new Promise(() => {});
    dead.store.writeSamples = () => new Promise(() => {});
    round();
    round();
    await pass(8);
    round();
    await pass(2);
    expect(survivor.service.health().partitions).toBe(8);
    const told = (await inbox(survivor)).map((text) =>
      text.replace(" take-profit", "").replace(/ \w+$/, ""),
    );
    expect(told.sort()).toEqual(fires.sort());
  });
});
