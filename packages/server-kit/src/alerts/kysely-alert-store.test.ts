import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  MINUTE,
  monitorOf,
  NOON,
  openAlertDb,
  stopLoss,
  takeProfit,
  triggerOf,
} from "../../test/support/alerts.js";
import type { AlertStore } from "./alert-store.js";
import { TooManyMonitorsError } from "./errors.js";
import { kyselyAlertStore } from "./kysely-alert-store.js";
import { migrateAlerts } from "./migrations.js";
import type { AlertTables } from "./tables.js";

const input = {
  symbol: "SPX",
  note: "<script>alert(1)</script>",
  enabled: true,
  rules: [takeProfit(105), stopLoss(95)],
  cooldownMs: 60 * MINUTE,
};

let directory: string;
let file: string;
let db: Kysely<AlertTables>;
let store: AlertStore;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tocsin-alerts-"));
  file = join(directory, "alerts.db");
  await open();
});

afterEach(async () => {
  await db.destroy();
  rmSync(directory, { recursive: true, force: true });
});

async function open(): Promise<void> {
  db = await openAlertDb(file);
  store = kyselyAlertStore(db, { now: () => 1_000, maxMonitors: 3 });
}

/** Closes the file and opens it again, as a new process would. */
async function reopen(): Promise<void> {
  await db.destroy();
  await open();
}

describe("monitors", () => {
  it("are found again after a restart, word for word", async () => {
    const { monitor } = await store.createMonitor("ada", input, NOON);
    expect(monitor).toMatchObject({ ...input, userId: "ada", version: 1, createdAt: 1_000 });
    await reopen();
    expect(await store.monitor("ada", monitor.id)).toEqual(monitor);
    expect(await store.monitorsOf("ada")).toEqual([monitor]);
    expect(await store.allMonitors()).toEqual([{ monitor, armedAt: NOON }]);
  });

  it("belong to one user: nobody else reads, changes or deletes them (A40)", async () => {
    const { monitor } = await store.createMonitor("ada", input, null);
    expect(await store.monitor("bob", monitor.id)).toBeUndefined();
    expect(await store.monitorsOf("bob")).toEqual([]);
    expect(await store.changeMonitor("bob", monitor.id, { note: "mine" }, null)).toBeUndefined();
    expect(await store.deleteMonitor("bob", monitor.id)).toBe(false);
    expect(await store.monitor("ada", monitor.id)).toEqual(monitor);
  });

  it("change field by field, count their version and are armed again", async () => {
    const { monitor } = await store.createMonitor("ada", input, null);
    const changed = await store.changeMonitor("ada", monitor.id, { enabled: false }, NOON);
    expect(changed).toEqual({
      monitor: { ...monitor, enabled: false, version: 2 },
      armedAt: NOON,
    });
    const again = await store.changeMonitor(
      "ada",
      monitor.id,
      { note: "", rules: [takeProfit(1)], cooldownMs: 0 },
      NOON + 1,
    );
    expect(again?.monitor).toMatchObject({
      enabled: false,
      note: "",
      rules: [takeProfit(1)],
      cooldownMs: 0,
      version: 3,
    });
  });

  it("are limited per user, with an error that names field and fix (A40)", async () => {
    for (let count = 0; count < 3; count += 1) await store.createMonitor("ada", input, null);
    const fourth = store.createMonitor("ada", input, null);
    await expect(fourth).rejects.toThrow(TooManyMonitorsError);
    await expect(fourth).rejects.toMatchObject({ field: "monitors", limit: 3 });
    await expect(fourth).rejects.toThrow(/delete one/);
    expect(await store.monitorsOf("ada")).toHaveLength(3);
    await store.createMonitor("bob", input, null);
  });

  it("are gone once deleted, and deleting again is harmless", async () => {
    const { monitor } = await store.createMonitor("ada", input, null);
    expect(await store.deleteMonitor("ada", monitor.id)).toBe(true);
    expect(await store.deleteMonitor("ada", monitor.id)).toBe(false);
    expect(await store.allMonitors()).toEqual([]);
  });
});

describe("notifications", () => {
  const monitor = monitorOf([takeProfit(105)], { note: "sell half" });
  const record = (minutes: number) =>
    store.record([triggerOf(monitor, takeProfit(105), NOON + minutes * MINUTE)]);

  it("carry what fired, why, and when in market time", async () => {
    const { fired } = await record(0);
    expect(fired).toEqual([
      {
        id: `m1.take-profit.${NOON}`,
        seq: 1,
        userId: "ada",
        monitorId: "m1",
        monitorVersion: 1,
        symbol: "SPX",
        reason: "take-profit",
        rule: takeProfit(105),
        price: 106,
        previousPrice: 104,
        level: 105,
        firedAt: NOON,
        storedAt: 1_000,
        cooldownUntil: NOON + 60 * MINUTE,
        suppressedCount: 0,
        lastSuppressedAt: null,
        title: "SPX reached the long take-profit target 105",
        body: "Price 106, before 104. sell half",
      },
    ]);
    await reopen();
    expect(await store.notifications("ada", { limit: 10 })).toEqual(fired);
  });

  it("are numbered without gaps, over restarts and past suppressed repeats", async () => {
    await record(0);
    await record(30);
    await reopen();
    await record(60);
    await record(120);
    const seqs = (await store.notifications("ada", { limit: 10 })).map(({ seq }) => seq);
    expect(seqs).toEqual([3, 2, 1]);
  });

  it("are paged from the newest by seq, per user and per monitor", async () => {
    for (let hour = 0; hour < 5; hour += 1) await record(hour * 60);
    const other = monitorOf([takeProfit(105)], { id: "m2", userId: "bob" });
    await store.record([triggerOf(other, takeProfit(105), NOON)]);
    const seqs = async (query: Parameters<AlertStore["notifications"]>[1], user = "ada") =>
      (await store.notifications(user, query)).map(({ seq }) => seq);
    expect(await seqs({ limit: 2 })).toEqual([5, 4]);
    expect(await seqs({ limit: 2, before: 4 })).toEqual([3, 2]);
    expect(await seqs({ limit: 2, before: 2 })).toEqual([1]);
    expect(await seqs({ limit: 9, monitorId: "m2" })).toEqual([]);
    expect(await seqs({ limit: 9, monitorId: "m2" }, "bob")).toEqual([6]);
  });

  it("wait for the outbox until they are marked", async () => {
    await record(0);
    await record(60);
    const [first, second] = await store.unpublished(10);
    await store.markPublished(first?.id ?? "", 2_000);
    await reopen();
    expect(await store.unpublished(10)).toEqual([second]);
    expect(await store.unpublished(10, ["ada"])).toEqual([]);
  });

  it("are stored all or none when a batch fails half way", async () => {
    const broken = triggerOf(monitor, takeProfit(105), NOON + 60 * MINUTE);
    const batch = [triggerOf(monitor, takeProfit(105), NOON), { ...broken, price: Number.NaN }];
    await expect(store.record(batch)).rejects.toThrow();
    expect(await store.notifications("ada", { limit: 10 })).toEqual([]);
    expect((await record(0)).fired).toHaveLength(1);
  });
});

describe("migrateAlerts", () => {
  it("leaves tables that are up to date, and what is in them, as they are", async () => {
    const { monitor } = await store.createMonitor("ada", input, null);
    await migrateAlerts(db);
    expect(await store.monitor("ada", monitor.id)).toEqual(monitor);
  });
});

describe("service state", () => {
  it("is found again after a restart", async () => {
    expect(await store.readState("k")).toBeUndefined();
    await store.writeState("k", "1");
    await store.writeState("k", "2");
    await reopen();
    expect(await store.readState("k")).toBe("2");
  });
});

describe("totals", () => {
  it("count notifications and the repeats they stand for", async () => {
    expect(await store.totals()).toEqual({ fired: 0, suppressed: 0 });
    const monitor = monitorOf([takeProfit(105)]);
    const at = [0, 1, 2, 60].map((minute) => NOON + minute * MINUTE);
    await store.record(at.map((time) => triggerOf(monitor, takeProfit(105), time)));
    expect(await store.totals()).toEqual({ fired: 2, suppressed: 2 });
  });
});
