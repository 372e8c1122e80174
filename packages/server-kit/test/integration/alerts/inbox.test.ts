import type { AlertNotification } from "@tocsin/protocol/alerts";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { InboxAction } from "../../../src/alerts/store/alert-store.js";
import { type AlertStore, kyselyAlertStore } from "../../../src/alerts/store/kysely-alert-store.js";
import { type AlertDatabase, describeEngines } from "../../support/alert-engines.js";
import {
  fired,
  minute,
  NOON,
  newMonitorOf,
  resolved,
  stopLoss,
  takeProfit,
} from "../../support/alert-transitions.js";

describeEngines("the inbox", (engine) => {
  let database: AlertDatabase;
  let store: AlertStore;
  let time: number;

  beforeEach(async () => {
    time = 1_000;
    database = await engine.open();
    store = kyselyAlertStore(database.db, { now: () => time });
  });
  afterEach(() => database[Symbol.asyncDispose]());

  /** One notification for each hour. */
  async function fill(hours: number, userId = "ada"): Promise<readonly AlertNotification[]> {
    const monitor = await newMonitorOf(store, [takeProfit, { ...stopLoss, severity: "critical" }], {
      userId,
    });
    const moves = Array.from({ length: hours }, (_, hour) => {
      const rule = hour % 2 === 0 ? "tp" : "sl";
      return [
        fired(monitor, rule, minute(60 * hour)),
        resolved(monitor, rule, minute(60 * hour + 1)),
      ];
    });
    return (await store.record(moves.flat())).fired;
  }

  it("is paged from the newest, numbered without gaps, each user's by itself", async () => {
    await fill(5);
    await fill(2, "bob");
    const page = async (before?: number) =>
      (await store.notifications("ada", { limit: 2, ...(before !== undefined && { before }) })).map(
        ({ seq }) => seq,
      );
    expect(await page()).toEqual([5, 4]);
    expect(await page(4)).toEqual([3, 2]);
    expect(await page(2)).toEqual([1]);
    expect(await page(1)).toEqual([]);
    expect(await store.notifications("bob", { limit: 9 })).toMatchObject([{ seq: 7 }, { seq: 6 }]);
  });

  it("is filtered by what a notification is and by what was done to it", async () => {
    const [first, second] = await fill(4);
    const other = await newMonitorOf(store, undefined, { symbol: "OTHER", note: "100% Größe_x" });
    await store.record([fired(other, "tp", minute(500))]);
    await store.act("ada", first?.id ?? "", { do: "read" });
    await store.act("ada", second?.id ?? "", { do: "acknowledge" });
    const seqs = async (query: object) =>
      (await store.notifications("ada", { limit: 9, ...query })).map(({ seq }) => seq);
    expect(await seqs({ monitorId: other.id })).toEqual([5]);
    expect(await seqs({ symbol: "SPX" })).toEqual([4, 3, 2, 1]);
    expect(await seqs({ kind: "stop-loss" })).toEqual([4, 2]);
    expect(await seqs({ severity: "critical", before: 4 })).toEqual([2]);
    expect(await seqs({ state: "firing" })).toEqual([5]);
    expect(await seqs({ unread: true })).toEqual([5, 4, 3]);
    expect(await seqs({ unread: false })).toEqual([2, 1]);
    expect(await seqs({ unacknowledged: true })).toEqual([5, 4, 3, 1]);
    expect(await seqs({ search: "TAKE-profit" })).toEqual([5, 3, 1]);
    expect(await seqs({ search: "größe" })).toEqual([5]);
    expect(await seqs({ search: "GRÖSSE" })).toEqual([]);
    expect(await seqs({ search: "0% g" })).toEqual([5]);
    expect(await seqs({ search: "e_x" })).toEqual([5]);
    for (const search of ["%", "_", "!"]) {
      expect(await seqs({ search })).toEqual(search === "!" ? [] : [5]);
    }
    expect(await seqs({ search: "' or 1=1 --" })).toEqual([]);
    expect(await seqs({ search: "\u0000" })).toEqual([]);
  });

  it("does what its user does once, each as a revision", async () => {
    const [notification] = await fill(1);
    const { id = "" } = notification ?? {};
    const steps: readonly [InboxAction, Partial<AlertNotification> | "nothing"][] = [
      [{ do: "read" }, { readAt: 1_001 }],
      [{ do: "read" }, "nothing"],
      [{ do: "unread" }, { readAt: null }],
      [{ do: "unread" }, "nothing"],
      [{ do: "acknowledge" }, { acknowledgedAt: 1_005, readAt: 1_005 }],
      [{ do: "acknowledge" }, "nothing"],
      [{ do: "snooze", until: 9_000.5 }, { snoozedUntil: 9_000.5 }],
      [{ do: "snooze", until: 9_000.5 }, "nothing"],
      [{ do: "snooze", until: null }, { snoozedUntil: null }],
      [{ do: "archive" }, { archivedAt: 1_010 }],
      [{ do: "archive" }, "nothing"],
      [{ do: "unarchive" }, { archivedAt: null }],
    ];
    let before = await store.notification("ada", id);
    for (const [action, change] of steps) {
      time += 1;
      const after = await store.act("ada", id, action);
      const revision = (before?.revision ?? 0) + 1;
      expect(after).toEqual(
        change === "nothing" ? before : { ...before, ...change, revision, updatedAt: time },
      );
      expect(await store.notification("ada", id)).toEqual(after);
      before = after;
    }
  });

  it("is one user's: nobody else reads it or does anything to it (A40)", async () => {
    const [notification] = await fill(1);
    const { id = "" } = notification ?? {};
    expect(await store.notification("bob", id)).toBeUndefined();
    expect(await store.act("bob", id, { do: "read" })).toBeUndefined();
    expect(await store.readAll("bob")).toBe(0);
    expect(await store.act("ada", "\u0000", { do: "read" })).toBeUndefined();
    expect(await store.unreadCount("ada")).toBe(1);
  });

  it("counts what is unread and not put away", async () => {
    const all = await fill(4);
    expect(await store.unreadCount("ada")).toBe(4);
    await store.act("ada", all[0]?.id ?? "", { do: "archive" });
    expect(await store.unreadCount("ada")).toBe(3);
    expect(await store.notifications("ada", { limit: 9 })).toHaveLength(3);
    expect(await store.notifications("ada", { limit: 9, archived: true })).toMatchObject([
      { seq: 1 },
    ]);
    expect(await store.readAll("ada", 2)).toBe(1);
    expect(await store.unreadCount("ada")).toBe(2);
    expect(await store.readAll("ada")).toBe(2);
    expect(await store.readAll("ada")).toBe(0);
    expect(await store.unreadCount("ada")).toBe(0);
  });

  it("loses no revision when a rule and a user change a notification at once", async () => {
    const monitor = await newMonitorOf(store);
    const { fired: told } = await store.record([fired(monitor, "tp", NOON)]);
    const id = told[0]?.id ?? "";
    await Promise.all([
      store.record([resolved(monitor, "tp", minute(1))]),
      store.act("ada", id, { do: "acknowledge" }),
      store.act("ada", id, { do: "archive" }),
      store.act("ada", id, { do: "snooze", until: 5 }),
    ]);
    expect(await store.notification("ada", id)).toMatchObject({
      revision: 5,
      state: "resolved",
      acknowledgedAt: 1_000,
      archivedAt: 1_000,
      snoozedUntil: 5,
    });
    const revisions = (await store.deliveriesOf("ada", id)).map(({ revision }) => revision);
    expect(revisions).toEqual([1, 2, 3, 4, 5]);
  });
});

describeEngines("leases", (engine) => {
  let database: AlertDatabase;
  beforeEach(async () => {
    database = await engine.open();
  });
  afterEach(() => database[Symbol.asyncDispose]());
  const worker = (clock: { now: number }) =>
    kyselyAlertStore(database.db, { now: () => clock.now });

  it("are held by one owner until they are given back or over, and their tokens grow", async () => {
    const clock = { now: 1_000 };
    const store = worker(clock);
    const first = await store.acquire(3, "a", 100);
    expect(first).toEqual({ partition: 3, owner: "a", token: 1, expiresAt: 1_100 });
    expect(await store.acquire(3, "b", 100)).toBeUndefined();
    expect(await store.acquire(3, "a", 100)).toBeUndefined();
    expect(await store.acquire(4, "b", 100)).toMatchObject({ token: 1 });
    expect(await store.held()).toMatchObject([{ partition: 3 }, { partition: 4 }]);
    clock.now = 1_050;
    expect(await store.renew(first ? [first] : [], 100)).toEqual([{ ...first, expiresAt: 1_150 }]);
    clock.now = 1_150;
    expect(await store.held()).toEqual([]);
    const second = await store.acquire(3, "b", 100);
    expect(second).toMatchObject({ owner: "b", token: 2 });
    expect(await store.renew(first ? [first] : [], 100)).toEqual([]);
    await store.release(first ? [first] : []);
    expect(await store.held()).toEqual([second]);
    await store.release(second ? [second] : []);
    expect(await store.acquire(3, "a", 100)).toMatchObject({ owner: "a", token: 3 });
  });

  it("go to one of many who ask at once", async () => {
    const store = worker({ now: 1_000 });
    const asked = ["a", "b", "c", "d"].map((owner) => store.acquire(0, owner, 100));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
  });

  it("fence off who has lost one: nothing of a batch is stored (F16)", async () => {
    const clock = { now: 1_000 };
    const store = worker(clock);
    const monitor = await newMonitorOf(store);
    const lost = await store.acquire(0, "a", 100);
    // Over, but nobody has taken it: what it evaluated is still the only truth there is.
    clock.now = 5_000;
    await store.record([fired(monitor, "tp", NOON)], lost);
    const held = await store.acquire(0, "b", 100);
    await expect(store.record([fired(monitor, "sl", NOON)], lost)).rejects.toMatchObject({
      name: "LeaseLostError",
      partition: 0,
    });
    expect(await store.totals()).toEqual({ fired: 1, suppressed: 0 });
    await store.record([fired(monitor, "sl", NOON)], held);
    expect(await store.totals()).toEqual({ fired: 2, suppressed: 0 });
  });

  it("know who lives", async () => {
    const clock = { now: 1_000 };
    const store = worker(clock);
    expect(await store.announce("a", 100)).toEqual(["a"]);
    expect(await store.announce("b", 100)).toEqual(["a", "b"]);
    clock.now = 1_050;
    await store.announce("b", 100);
    clock.now = 1_100;
    expect(await store.announce("c", 100)).toEqual(["b", "c"]);
  });
});
