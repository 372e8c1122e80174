import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AlertStore, kyselyAlertStore } from "../../../src/alerts/store/kysely-alert-store.js";
import { migrateAlerts } from "../../../src/alerts/store/migrations.js";
import { type AlertDatabase, describeEngines } from "../../support/alert-engines.js";
import { fired, minute, monitorInput, NOON, takeProfit } from "../../support/alert-transitions.js";
import { connectAlerts } from "../../support/connect-alerts.js";

describeEngines("monitors", (engine) => {
  let database: AlertDatabase;
  let store: AlertStore;
  let time: number;

  beforeEach(async () => {
    time = 1_000;
    database = await engine.open();
    store = kyselyAlertStore(database.db, { now: () => time, maxMonitors: 3, maxStrategies: 2 });
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const create = (userId = "ada", changes = {}) =>
    store.createMonitor(userId, monitorInput(undefined, changes), NOON);

  it("are found again by another connection, word for word, whatever the words are", async () => {
    const input = monitorInput(undefined, {
      symbol: "a\\u0000\u0000\ud800 ü",
      note: "<script>alert(1)</script> '; drop table alert_monitors; -- \\ %_",
      tags: ["ä\u0000"],
      enabled: false,
      onNoData: "ignore",
      cooldownMs: 1,
    });
    const userId = "ada\u0000\udfff";
    const { monitor } = await store.createMonitor(userId, input, NOON);
    expect(monitor).toMatchObject({ ...input, userId, version: 1, createdAt: 1_000 });
    const other = connectAlerts(database.location);
    try {
      const again = kyselyAlertStore(other);
      expect(await again.monitor(userId, monitor.id)).toEqual(monitor);
      expect(await again.monitorsOf(userId)).toEqual([monitor]);
      expect(await again.monitorsOf("ada")).toEqual([]);
      expect((await again.changesSince(0)).armed).toEqual([{ monitor, armedAt: NOON }]);
    } finally {
      await other.destroy();
    }
  });

  it("belong to one user: nobody else reads, changes, snoozes or deletes them (A40)", async () => {
    const { monitor } = await create();
    expect(await store.monitor("bob", monitor.id)).toBeUndefined();
    expect(await store.monitorsOf("bob")).toEqual([]);
    expect(await store.changeMonitor("bob", monitor.id, { note: "mine" }, null)).toBeUndefined();
    expect(await store.snooze("bob", monitor.id, undefined, minute(1))).toBe(false);
    expect(await store.ruleStates("bob")).toEqual([]);
    expect(await store.deleteMonitor("bob", monitor.id)).toBe(false);
    expect(await store.monitor("ada", monitor.id)).toEqual(monitor);
    expect(await store.monitor("ada", "\u0000")).toBeUndefined();
  });

  it("change field by field, count their version and are armed again", async () => {
    const { monitor } = await create();
    time = 2_000;
    const changed = await store.changeMonitor("ada", monitor.id, { enabled: false }, minute(5));
    expect(changed).toEqual({
      monitor: { ...monitor, enabled: false, version: 2, updatedAt: 2_000 },
      armedAt: minute(5),
    });
    const change = { note: "", tags: ["x"], cooldownMs: 0, onNoData: "ignore" as const };
    const again = await store.changeMonitor("ada", monitor.id, change, null);
    expect(again).toMatchObject({
      monitor: { ...change, enabled: false, version: 3 },
      armedAt: null,
    });
    expect(await store.monitor("ada", monitor.id)).toEqual(again?.monitor);
  });

  it("are limited per user, imports included, with an error that names field and fix (A40)", async () => {
    const item = { input: monitorInput(), armedAt: null };
    await create();
    await expect(store.importMonitors("ada", [item, item, item])).rejects.toMatchObject({
      name: "TooManyMonitorsError",
      field: "monitors",
      limit: 3,
      message: expect.stringContaining("delete one"),
    });
    expect(await store.monitorsOf("ada")).toHaveLength(1);
    expect(await store.importMonitors("ada", [item, item])).toHaveLength(2);
    await expect(create()).rejects.toThrow(/3 monitors/);
    await create("bob");
  });

  it("cannot exceed the limit by being created at once", async () => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => create()));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(await store.monitorsOf("ada")).toHaveLength(3);
  });

  it("are paged in the order of creation, also past one that was deleted meanwhile", async () => {
    const made: string[] = [];
    for (const symbol of ["A", "B", "A"]) {
      time += 1;
      made.push((await create("ada", { symbol })).monitor.id);
    }
    const ids = async (query: Parameters<AlertStore["monitorsOf"]>[1]) =>
      (await store.monitorsOf("ada", query)).map(({ id }) => id);
    expect(await ids({ limit: 2 })).toEqual(made.slice(0, 2));
    expect(await ids({ symbol: "A" })).toEqual([made[0], made[2]]);
    const after = made[1] ?? "";
    expect(await ids({ after })).toEqual(made.slice(2));
    await store.deleteMonitor("ada", after);
    expect(await ids({ after, limit: 5 })).toEqual(made.slice(2));
    expect(await ids({ after: "never" })).toEqual([]);
  });

  it("tell evaluators what changed since they asked, deletions included, each change once", async () => {
    const first = (await create()).monitor;
    const second = (await create("bob")).monitor;
    const all = await store.changesSince(0);
    expect(all.armed.map(({ monitor }) => monitor.id)).toEqual([first.id, second.id]);
    expect(await store.changesSince(all.revision)).toEqual({
      revision: all.revision,
      armed: [],
      deleted: [],
    });
    await store.changeMonitor("ada", first.id, { note: "x" }, minute(1));
    await store.deleteMonitor("bob", second.id);
    const then = await store.changesSince(all.revision);
    expect(then.armed).toMatchObject([
      { monitor: { id: first.id, version: 2 }, armedAt: minute(1) },
    ]);
    expect(then.deleted).toEqual([second.id]);
    expect((await store.changesSince(0)).armed).toHaveLength(1);
  });

  it("start afresh when they are made again: what was suppressed belongs to what was deleted", async () => {
    let id = 0;
    store = kyselyAlertStore(database.db, { newId: () => `m${id}` });
    const { monitor } = await create();
    await store.record([fired(monitor, "tp", NOON)]);
    await store.deleteMonitor("ada", monitor.id);
    id = 1;
    const again = (await create()).monitor;
    const { fired: told } = await store.record([fired(again, "tp", NOON + 1)]);
    expect(told).toHaveLength(1);
  });

  describe("strategies", () => {
    it("group monitors, which stay without one and where they stand when it is deleted", async () => {
      const made = await store.createStrategy("ada", { name: "Swing", note: "n" });
      const { monitor } = await create("ada", { strategyId: made.id });
      expect(await store.monitorsOf("ada", { strategyId: made.id })).toEqual([monitor]);
      const { fired: told } = await store.record([fired(monitor, "tp", NOON)]);
      expect(told).toMatchObject([{ strategyId: made.id }]);
      expect(await store.deleteStrategy("bob", made.id)).toBe(false);
      expect(await store.deleteStrategy("ada", made.id)).toBe(true);
      expect(await store.monitor("ada", monitor.id)).toEqual({ ...monitor, strategyId: null });
      expect(await store.ruleStates("ada")).toMatchObject([{ phase: "firing" }, {}]);
      const { fired: then } = await store.record([fired(monitor, "sl", NOON)]);
      expect(then).toMatchObject([{ strategyId: null }]);
    });

    it("belong to one user, and nobody else's can be named (A40)", async () => {
      const made = await store.createStrategy("ada", { name: "Swing", note: "" });
      await expect(create("bob", { strategyId: made.id })).rejects.toMatchObject({
        name: "UnknownStrategyError",
        field: "strategyId",
      });
      await expect(create("ada", { strategyId: "\u0000" })).rejects.toThrow(/strategyId/);
      const { monitor } = await create("bob");
      await expect(
        store.changeMonitor("bob", monitor.id, { strategyId: made.id }, null),
      ).rejects.toThrow(/strategyId/);
      expect(await store.strategy("bob", made.id)).toBeUndefined();
      expect(await store.changeStrategy("bob", made.id, { name: "x" })).toBeUndefined();
      expect(await store.strategy("ada", made.id)).toEqual(made);
    });

    it("have names of their own, which two at once cannot both take", async () => {
      const name = { name: "Swing", note: "" };
      const results = await Promise.allSettled(
        [1, 2, 3].map(() => store.createStrategy("ada", name)),
      );
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      await expect(store.createStrategy("ada", name)).rejects.toMatchObject({
        name: "DuplicateStrategyError",
      });
      await store.createStrategy("bob", name);
      time += 1;
      const other = await store.createStrategy("ada", { name: "Day", note: "" });
      await expect(store.changeStrategy("ada", other.id, { name: "Swing" })).rejects.toThrow(
        /name/,
      );
      const changed = await store.changeStrategy("ada", other.id, { name: "Day", note: "n" });
      expect(changed).toMatchObject({ name: "Day", note: "n", version: 2 });
      await expect(store.createStrategy("ada", { name: "C", note: "" })).rejects.toThrow(/2 strat/);
      expect((await store.strategiesOf("ada")).map((each) => each.name)).toEqual(["Swing", "Day"]);
    });
  });

  it("say of a rule that has expired that it is spent", async () => {
    await store.createMonitor(
      "ada",
      monitorInput([{ ...takeProfit, expiresAt: minute(10) }]),
      minute(0),
    );
    await store.writeSamples([{ symbol: "SPX", price: 1, at: minute(9) }]);
    expect(await store.ruleStates("ada")).toMatchObject([{ spent: false }]);
    await store.writeSamples([{ symbol: "SPX", price: 1, at: minute(10) }]);
    expect(await store.ruleStates("ada")).toMatchObject([{ spent: true }]);
  });

  it("leave prices and state for after a restart; older prices do not replace newer ones", async () => {
    await store.writeSamples([
      { symbol: "SPX", price: 1.25, at: minute(2) },
      { symbol: "SPX", price: 1, at: minute(1) },
      { symbol: "\u0000", price: 2, at: minute(1) },
    ]);
    await store.writeSamples([{ symbol: "SPX", price: 9, at: minute(1) }]);
    await store.writeSamples([]);
    expect(await store.samples(["SPX"])).toEqual([{ symbol: "SPX", price: 1.25, at: minute(2) }]);
    expect(await store.samples()).toHaveLength(2);
    expect(await store.readState("where")).toBeUndefined();
    await store.writeState("where", "17\u0000");
    await store.writeState("where", "18\u0000");
    expect(await store.readState("where")).toBe("18\u0000");
  });

  it("find their tables made, however often that is asked for", async () => {
    await create();
    await migrateAlerts(database.db);
    expect(await store.monitorsOf("ada")).toHaveLength(1);
  });
});
