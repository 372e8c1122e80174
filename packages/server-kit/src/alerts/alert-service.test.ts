import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  MINUTE,
  manualSource,
  NOON,
  openAlertDb,
  stopLoss,
  takeProfit,
  tickAt,
} from "../../test/support/alerts.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createAlertService } from "./alert-service.js";
import type { AlertStore } from "./alert-store.js";
import { kyselyAlertStore } from "./kysely-alert-store.js";
import { replaySource } from "./sources/replay.js";
import { listSeries } from "./sources/series.js";
import type { MarketDataSource } from "./sources/source.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tocsin-service-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const input = {
  symbol: "SPX",
  note: "",
  enabled: true,
  rules: [takeProfit(105), stopLoss(95)],
  cooldownMs: 60 * MINUTE,
};

/** One life of a process on the same file. What it published stays in `published`, as with its readers. */
async function live<S extends MarketDataSource>(
  source: S,
  published: AlertNotification[],
  { clock = fakeClock(), change = (store: AlertStore) => store } = {},
) {
  const db = await openAlertDb(join(directory, "alerts.db"));
  const store = change(kyselyAlertStore(db));
  const keys = new Set(published.map(({ id }) => id));
  const service = await createAlertService({
    source,
    store,
    clock,
    channel: (userId: string) => userId,
    publisher: {
      async publish(_, notification, { key }) {
        if (!keys.has(key)) published.push(notification);
        keys.add(key);
      },
    },
  });
  return { service, store, source, clock, die: () => db.destroy() };
}

describe("createAlertService", () => {
  it("turns ticks into one stored and published notification, and counts the repeats", async () => {
    const published: AlertNotification[] = [];
    const life = await live(manualSource(), published);
    const monitor = await life.service.createMonitor("ada", input);
    life.service.start();
    const prices = [100, 106, 104, 106, 104, 106];
    life.source.send(...prices.map((price, index) => tickAt(price, NOON + index * MINUTE)));
    await life.service.stop();
    expect(published).toMatchObject([{ monitorId: monitor.id, firedAt: NOON + MINUTE }]);
    expect(life.service.status()).toEqual({
      running: false,
      speed: 1,
      marketTime: NOON + 5 * MINUTE,
      ticks: 6,
      fired: 1,
      suppressed: 2,
      ended: false,
    });
    await life.die();
  });

  it("finds monitors, notifications and counts again after a restart, and repeats nothing", async () => {
    const published: AlertNotification[] = [];
    const first = await live(manualSource(), published);
    await first.service.createMonitor("ada", input);
    first.service.start();
    first.source.send(tickAt(100, NOON), tickAt(106, NOON + MINUTE));
    await first.service.close();
    await first.die();

    const second = await live(manualSource(), published);
    expect(second.service.status()).toMatchObject({
      ticks: 2,
      fired: 1,
      marketTime: NOON + MINUTE,
    });
    second.service.start();
    second.source.send(tickAt(106, NOON + MINUTE), tickAt(104, NOON + 2 * MINUTE));
    second.source.send(tickAt(106, NOON + 3 * MINUTE), tickAt(90, NOON + 4 * MINUTE));
    await second.service.stop();
    expect(published.map(({ reason }) => reason)).toEqual(["take-profit", "stop-loss"]);
    expect(await second.store.notifications("ada", { limit: 9 })).toMatchObject([
      { reason: "stop-loss", suppressedCount: 0 },
      { reason: "take-profit", suppressedCount: 1 },
    ]);
    await second.die();
  });

  it("evaluates again what came after the last checkpoint of a killed process, and repeats nothing (F15)", async () => {
    const ticks = [100, 106, 104, 106, 90, 106].map((price, index) => tickAt(price, index * 1_000));
    const sessions = [{ open: 0, close: 6_000 }];
    const play = (clock = fakeClock()) =>
      replaySource({ series: [listSeries(ticks)], sessions, clock });
    const published: AlertNotification[] = [];

    // Killed after its fourth tick: alerts are stored, no checkpoint was ever written.
    const clock = fakeClock();
    const killed = await live(play(clock), published, {
      clock,
      change: (store) => ({ ...store, writeState: () => Promise.reject(new Error("killed")) }),
    });
    await killed.service.createMonitor("ada", input);
    killed.service.start();
    clock.advance(3_500);
    await killed.service.stop();
    await killed.die();
    expect(published).toHaveLength(1);

    const next = fakeClock();
    const second = await live(play(next), published, { clock: next });
    expect(second.service.status()).toMatchObject({ ticks: 0, fired: 1, suppressed: 1 });
    second.service.start();
    next.advance(10_000);
    await second.service.stop();
    expect(published.map(({ reason }) => reason)).toEqual(["take-profit", "stop-loss"]);
    expect(second.service.status()).toMatchObject({
      fired: 2,
      suppressed: 2,
      ended: true,
      running: false,
    });
    second.service.start();
    expect(second.service.status().running).toBe(false);
    await second.die();
  });

  it("goes on where the last checkpoint was, writing one each second", async () => {
    const ticks = Array.from({ length: 20 }, (_, index) => tickAt(100 + index, index * 1_000));
    const sessions = [{ open: 0, close: 20_000 }];
    const clock = fakeClock();
    const play = () => replaySource({ series: [listSeries(ticks)], sessions, clock });
    const writes: string[] = [];
    const first = await live(play(), [], {
      clock,
      change: (store) => ({
        ...store,
        writeState: async (key, value) => {
          writes.push(value);
          await store.writeState(key, value);
        },
      }),
    });
    first.service.start();
    clock.advance(5_500);
    await first.service.stop();
    expect(writes.length).toBeGreaterThan(0);
    await first.die();
    const second = await live(play(), [], { clock });
    expect(second.source.playback.position).toBe(5_000);
    expect(second.service.status()).toMatchObject({ ticks: 6, marketTime: 5_000 });
    await second.die();
  });

  it("loses no alert when storing fails for a while, and writes no checkpoint past it", async () => {
    const published: AlertNotification[] = [];
    const disk = { broken: true };
    const life = await live(manualSource(), published, {
      change: (store) => ({
        ...store,
        record: (triggers) =>
          disk.broken ? Promise.reject(new Error("full")) : store.record(triggers),
      }),
    });
    await life.service.createMonitor("ada", input);
    life.service.start();
    life.source.send(tickAt(100, NOON), tickAt(106, NOON + MINUTE));
    await life.service.stop();
    expect(life.service.health()).toMatchObject({ ok: false, backlog: 1 });
    expect(await life.store.readState("alerts.checkpoint")).toBeUndefined();
    disk.broken = false;
    await life.service.stop();
    expect(life.service.health()).toMatchObject({ ok: true, backlog: 0 });
    expect(published).toHaveLength(1);
    await life.die();
  });

  it("watches a changed monitor by its new rules, and a deleted one not at all", async () => {
    const published: AlertNotification[] = [];
    const life = await live(manualSource(), published);
    const monitor = await life.service.createMonitor("ada", input);
    const other = await life.service.createMonitor("ada", input);
    life.service.start();
    life.source.send(tickAt(100, NOON));
    await life.service.changeMonitor("ada", monitor.id, { rules: [takeProfit(120)] });
    expect(await life.service.deleteMonitor("ada", other.id)).toBe(true);
    life.source.send(tickAt(110, NOON + MINUTE));
    await life.service.stop();
    expect(published).toEqual([]);
    life.service.start();
    life.source.send(tickAt(120, NOON + 2 * MINUTE));
    await life.service.stop();
    expect(published).toMatchObject([{ level: 120, monitorVersion: 2 }]);
    await life.die();
  });

  it("changes and deletes nothing that belongs to somebody else (A40)", async () => {
    const life = await live(manualSource(), []);
    const monitor = await life.service.createMonitor("ada", input);
    expect(await life.service.changeMonitor("bob", monitor.id, { note: "x" })).toBeUndefined();
    expect(await life.service.deleteMonitor("bob", monitor.id)).toBe(false);
    await life.die();
  });

  it("stays closed, whoever still asks it to start", async () => {
    const clock = fakeClock();
    const life = await live(manualSource(), [], { clock });
    life.service.start();
    await life.service.close();
    life.service.start();
    expect(life.service.status().running).toBe(false);
    expect(life.source.health().running).toBe(false);
    expect(clock.pending).toBe(0);
    await life.die();
  });

  it("evaluates nothing while it is stopped", async () => {
    const published: AlertNotification[] = [];
    const life = await live(manualSource(), published);
    await life.service.createMonitor("ada", input);
    life.source.send(tickAt(100, NOON), tickAt(106, NOON + 1));
    await life.service.stop();
    expect(life.service.status()).toMatchObject({ ticks: 0, marketTime: null });
    expect(published).toEqual([]);
    await life.die();
  });
});
