import type { AlertNotification } from "@tocsin/protocol/alerts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AlertStore,
  type KyselyAlertStoreOptions,
  kyselyAlertStore,
} from "../../../src/alerts/store/kysely-alert-store.js";
import { type AlertDatabase, describeEngines } from "../../support/alert-engines.js";
import {
  feed,
  fired,
  MINUTE,
  minute,
  move,
  NOON,
  newMonitorOf,
  resolved,
  stopLoss,
  takeProfit,
} from "../../support/alert-transitions.js";

describeEngines("record", (engine) => {
  let database: AlertDatabase;
  let store: AlertStore;
  let time: number;

  const open = (options: KyselyAlertStoreOptions = {}) =>
    kyselyAlertStore(database.db, { now: () => time, ...options });

  beforeEach(async () => {
    time = 1_000;
    database = await engine.open();
    store = open();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const inbox = (userId = "ada") => store.notifications(userId, { limit: 1_000 });
  const only = async (): Promise<AlertNotification> => {
    const all = await inbox();
    expect(all).toHaveLength(1);
    return all[0] as AlertNotification;
  };

  describe("a fire", () => {
    it("becomes a notification that says what fired, why, and when in market time", async () => {
      const monitor = await newMonitorOf(store, [{ ...takeProfit, tags: ["exit"], note: "half" }], {
        note: "a \u0000 b",
        tags: ["index", "exit"],
      });
      const recorded = await store.record([fired(monitor, "tp", NOON)]);
      expect(recorded).toMatchObject({ resolved: [], suppressed: 0 });
      expect(recorded.fired).toEqual([
        {
          id: `${monitor.id}.tp.${NOON}`,
          seq: 1,
          revision: 1,
          userId: "ada",
          monitorId: monitor.id,
          monitorVersion: 1,
          strategyId: null,
          ruleId: "tp",
          symbol: "SPX",
          venue: "NYSE",
          kind: "take-profit",
          reason: "fired",
          state: "firing",
          severity: "warning",
          tags: ["index", "exit"],
          rule: monitor.rules[0],
          price: 106,
          previousPrice: 104,
          level: 105,
          referencePrice: null,
          changePercent: null,
          firedAt: NOON,
          pendingSince: null,
          resolvedAt: null,
          feedAt: NOON - 5,
          receivedAt: NOON + 5,
          storedAt: 1_000,
          updatedAt: 1_000,
          cooldownUntil: minute(60),
          suppressedCount: 0,
          firstSuppressedAt: null,
          lastSuppressedAt: null,
          push: "now",
          covers: 0,
          readAt: null,
          acknowledgedAt: null,
          snoozedUntil: null,
          archivedAt: null,
          title: "SPX reached the long take-profit target 105",
          body: "Price 106, before 104. half a \u0000 b",
        },
      ]);
      expect(await inbox()).toEqual(recorded.fired);
    });

    it("is nobody's business any more once its monitor is deleted", async () => {
      const monitor = await newMonitorOf(store);
      await store.deleteMonitor("ada", monitor.id);
      const recorded = await store.record([fired(monitor, "tp", NOON)]);
      expect(recorded).toEqual({ fired: [], resolved: [], suppressed: 0 });
      expect(await inbox()).toEqual([]);
    });

    it("of the version before counts when it happened before the change, and is over at once", async () => {
      const monitor = await newMonitorOf(store);
      await store.changeMonitor("ada", monitor.id, { note: "new" }, minute(5));
      await store.record([fired(monitor, "tp", minute(6)), fired(monitor, "sl", minute(5))]);
      expect(await only()).toMatchObject({ ruleId: "sl", state: "resolved", monitorVersion: 1 });
      const again = await store.record([fired(monitor, "sl", minute(5))]);
      expect(again).toEqual({ fired: [], resolved: [], suppressed: 0 });
    });

    it("at a fraction of a millisecond is kept as it is", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON + 0.25)]);
      expect(await only()).toMatchObject({ firedAt: NOON + 0.25 });
    });
  });

  describe("the cooldown", () => {
    it("ends exactly when it should in market time, whatever the clocks of servers say (F16)", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON), resolved(monitor, "tp", minute(1))]);
      time += 10 * 3_600_000;
      const late = await store.record([
        fired(monitor, "tp", minute(60) - 1),
        resolved(monitor, "tp", minute(60) - 0.5),
      ]);
      expect(late).toEqual({ fired: [], resolved: [], suppressed: 1 });
      time -= 20 * 3_600_000;
      const after = await store.record([fired(monitor, "tp", minute(60))]);
      expect(after.fired).toHaveLength(1);
    });

    it("never lets one rule mute another, not even of the same kind (trap 3)", async () => {
      const monitor = await newMonitorOf(store, [
        takeProfit,
        stopLoss,
        { ...takeProfit, id: "tp2" },
      ]);
      const recorded = await store.record([
        fired(monitor, "tp", NOON),
        fired(monitor, "sl", NOON + 1),
        fired(monitor, "tp2", NOON + 2),
      ]);
      expect(recorded.fired.map(({ ruleId }) => ruleId)).toEqual(["tp", "sl", "tp2"]);
    });

    it("of a rule wins over that of its monitor", async () => {
      const monitor = await newMonitorOf(store, [{ ...takeProfit, cooldownMs: MINUTE }, stopLoss], {
        cooldownMs: 10 * MINUTE,
      });
      const round = (at: number) => [
        fired(monitor, "tp", at),
        fired(monitor, "sl", at),
        resolved(monitor, "tp", at + 1),
        resolved(monitor, "sl", at + 1),
      ];
      await store.record(round(NOON));
      const { fired: again } = await store.record(round(minute(1)));
      expect(again.map(({ ruleId }) => ruleId)).toEqual(["tp"]);
    });

    it("is neither ended nor shortened by an edit", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON)]);
      const change = { cooldownMs: 0, rules: monitor.rules };
      const changed = await store.changeMonitor("ada", monitor.id, change, minute(1));
      const now = changed?.monitor ?? monitor;
      const recorded = await store.record([fired(now, "tp", minute(2))]);
      expect(recorded).toMatchObject({ fired: [], suppressed: 1 });
    });

    it("counts from what was sent: a repeat does not extend it", async () => {
      const monitor = await newMonitorOf(store);
      const flick = (at: number) => [fired(monitor, "tp", at), resolved(monitor, "tp", at + 1)];
      await store.record([...flick(NOON), ...flick(minute(59)), ...flick(minute(60))]);
      expect((await inbox()).map(({ firedAt }) => firedAt)).toEqual([minute(60), NOON]);
    });
  });

  describe("suppression", () => {
    it("is counted on the notification that holds the cause, with its first and last time", async () => {
      const monitor = await newMonitorOf(store);
      const flick = (at: number) => [fired(monitor, "tp", at), resolved(monitor, "tp", at + 1)];
      await store.record([...flick(NOON), ...flick(minute(1)), ...flick(minute(2))]);
      expect(await only()).toMatchObject({
        suppressedCount: 2,
        firstSuppressedAt: minute(1),
        lastSuppressedAt: minute(2),
      });
      expect(await store.totals()).toEqual({ fired: 1, suppressed: 2 });
    });

    it("counts each market time once, however often and in whichever pieces it is recorded", async () => {
      const monitor = await newMonitorOf(store);
      const all = [0, 1, 2, 3].flatMap((at) => [
        fired(monitor, "tp", minute(at)),
        resolved(monitor, "tp", minute(at + 0.5)),
      ]);
      for (let size = 1; size <= all.length; size += 1) {
        for (let from = 0; from < all.length; from += size) {
          await store.record(all.slice(from, from + size));
        }
      }
      expect(await only()).toMatchObject({ suppressedCount: 3, state: "resolved", revision: 2 });
    });

    it("counts once what fires and is quiet again at one time, as when a timer and a tick coincide", async () => {
      const monitor = await newMonitorOf(store);
      const blink = (at: number) => [fired(monitor, "tp", at), resolved(monitor, "tp", at)];
      for (const at of [NOON, NOON, minute(1), minute(1), minute(1)]) await store.record(blink(at));
      expect(await only()).toMatchObject({ suppressedCount: 1, state: "resolved", revision: 2 });
    });

    it("of a rule that fires once lasts until it is edited", async () => {
      const rules = [{ ...takeProfit, repeat: "once" as const, cooldownMs: 0 }];
      const monitor = await newMonitorOf(store, rules);
      const flick = (at: number) => [fired(monitor, "tp", at), resolved(monitor, "tp", at + 1)];
      await store.record([...flick(NOON), ...flick(minute(500))]);
      expect(await only()).toMatchObject({ suppressedCount: 1 });
      expect(await store.ruleStates("ada")).toMatchObject([{ spent: true }]);
      const changed = await store.changeMonitor("ada", monitor.id, { note: "again" }, minute(501));
      expect(await store.ruleStates("ada")).toMatchObject([{ spent: false, phase: "inactive" }]);
      await store.record([fired(changed?.monitor ?? monitor, "tp", minute(502))]);
      expect(await inbox()).toHaveLength(2);
    });

    it("of a rule that fires once in a bar ends with the bar", async () => {
      const rules = [
        { ...takeProfit, repeat: "once-per-bar" as const, barMs: 5 * MINUTE, cooldownMs: 0 },
      ];
      const monitor = await newMonitorOf(store, rules);
      const flick = (at: number) => [fired(monitor, "tp", at), resolved(monitor, "tp", at + 1)];
      await store.record([...flick(minute(4)), ...flick(minute(5)), ...flick(minute(9.9))]);
      expect((await inbox()).map((each) => [each.firedAt, each.suppressedCount])).toEqual([
        [minute(5), 1],
        [minute(4), 0],
      ]);
    });
  });

  describe("a snooze", () => {
    it("mutes a rule until a market time and counts what it muted", async () => {
      const monitor = await newMonitorOf(store, undefined, { cooldownMs: 0 });
      await store.snooze("ada", monitor.id, "tp", minute(10));
      const recorded = await store.record([
        fired(monitor, "tp", minute(1)),
        fired(monitor, "sl", minute(1)),
        resolved(monitor, "tp", minute(2)),
      ]);
      expect(recorded.fired.map(({ ruleId }) => ruleId)).toEqual(["sl"]);
      expect(recorded.suppressed).toBe(1);
      expect(await store.totals()).toEqual({ fired: 1, suppressed: 1 });
      const { fired: after } = await store.record([fired(monitor, "tp", minute(10))]);
      expect(after).toMatchObject([{ suppressedCount: 1, firstSuppressedAt: minute(1) }]);
      expect(await store.totals()).toEqual({ fired: 2, suppressed: 1 });
    });

    it("that ends while the rule still fires tells now, once, and what it saw then (trap 5)", async () => {
      const monitor = await newMonitorOf(store);
      await store.snooze("ada", monitor.id, undefined, minute(10));
      await store.record([fired(monitor, "tp", minute(1), 111)]);
      expect((await store.releaseMuted(minute(9))).fired).toEqual([]);
      const { fired: told } = await store.releaseMuted(minute(10));
      expect(told).toMatchObject([
        {
          reason: "snooze-ended",
          price: 111,
          firedAt: minute(1),
          state: "firing",
          cooldownUntil: minute(70),
        },
      ]);
      expect((await store.releaseMuted(minute(11))).fired).toEqual([]);
      const { resolved: over } = await store.record([resolved(monitor, "tp", minute(12))]);
      expect(over).toMatchObject([{ id: told[0]?.id, state: "resolved" }]);
    });

    it("that is cancelled tells now, too", async () => {
      const monitor = await newMonitorOf(store);
      await store.snooze("ada", monitor.id, undefined, minute(10));
      await store.record([fired(monitor, "tp", minute(1))]);
      await store.snooze("ada", monitor.id, "tp", null);
      expect((await store.releaseMuted(minute(2))).fired).toMatchObject([{ ruleId: "tp" }]);
    });

    it("that ends when the rule is quiet again tells nothing", async () => {
      const monitor = await newMonitorOf(store);
      await store.snooze("ada", monitor.id, undefined, minute(10));
      await store.record([fired(monitor, "tp", minute(1)), resolved(monitor, "tp", minute(2))]);
      expect(await store.releaseMuted(minute(10))).toEqual({
        fired: [],
        resolved: [],
        suppressed: 0,
      });
      expect(await inbox()).toEqual([]);
    });

    it("that ends while the feed is silent waits for the data (trap 6)", async () => {
      const monitor = await newMonitorOf(store, undefined, { onNoData: "ignore" });
      await store.snooze("ada", monitor.id, undefined, minute(10));
      await store.record([
        fired(monitor, "tp", minute(1)),
        feed("no-data", monitor, minute(5), minute(2)),
      ]);
      expect((await store.releaseMuted(minute(10))).fired).toEqual([]);
      await store.record([feed("data", monitor, minute(11), minute(2))]);
      expect((await store.releaseMuted(minute(11))).fired).toHaveLength(1);
    });

    it("after a fire was told does not hide that it is over (trap 5)", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", minute(1))]);
      await store.snooze("ada", monitor.id, undefined, minute(60));
      await store.record([resolved(monitor, "tp", minute(2))]);
      expect(await only()).toMatchObject({
        state: "resolved",
        resolvedAt: minute(2),
        revision: 2,
      });
    });
  });

  describe("inhibition", () => {
    const near = { kind: "threshold", when: "below", price: 97, id: "near" } as const;
    const rules = [{ ...near, inhibitedBy: ["sl"] }, stopLoss];

    it("keeps a rule quiet while the other fires, also when one tick meets both", async () => {
      const monitor = await newMonitorOf(store, rules);
      const recorded = await store.record([
        fired(monitor, "near", NOON),
        fired(monitor, "sl", NOON),
      ]);
      expect(recorded.fired.map(({ ruleId }) => ruleId)).toEqual(["sl"]);
      expect(recorded.suppressed).toBe(1);
    });

    it("that ends while the rule still fires tells now, with that reason", async () => {
      const monitor = await newMonitorOf(store, rules);
      await store.record([fired(monitor, "sl", NOON), fired(monitor, "near", minute(1))]);
      expect((await store.releaseMuted(minute(2))).fired).toEqual([]);
      await store.record([resolved(monitor, "sl", minute(3))]);
      const { fired: told } = await store.releaseMuted(minute(3));
      expect(told).toMatchObject([{ ruleId: "near", reason: "inhibition-ended" }]);
    });

    it("needs that somebody was told of the other", async () => {
      const monitor = await newMonitorOf(store, rules);
      await store.snooze("ada", monitor.id, "sl", minute(10));
      const recorded = await store.record([
        fired(monitor, "sl", NOON),
        fired(monitor, "near", minute(1)),
      ]);
      expect(recorded.fired.map(({ ruleId }) => ruleId)).toEqual(["near"]);
    });

    it("goes on after a snooze has ended", async () => {
      const monitor = await newMonitorOf(store, rules);
      await store.snooze("ada", monitor.id, "near", minute(5));
      await store.record([fired(monitor, "near", minute(1)), fired(monitor, "sl", minute(2))]);
      expect((await store.releaseMuted(minute(5))).fired).toEqual([]);
      await store.record([resolved(monitor, "sl", minute(6))]);
      expect((await store.releaseMuted(minute(6))).fired).toMatchObject([{ ruleId: "near" }]);
    });
  });

  describe("a resolve", () => {
    it("revises the notification of its fire, and is sent out", async () => {
      const monitor = await newMonitorOf(store);
      const { fired: told } = await store.record([fired(monitor, "tp", NOON)]);
      time = 2_000;
      const { resolved: over } = await store.record([resolved(monitor, "tp", minute(1))]);
      expect(over).toEqual([
        { ...told[0], state: "resolved", resolvedAt: minute(1), revision: 2, updatedAt: 2_000 },
      ]);
      expect(await inbox()).toEqual(over);
    });

    it("of a suppressed fire says nothing (trap 4)", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([
        fired(monitor, "tp", NOON),
        resolved(monitor, "tp", minute(1)),
        fired(monitor, "tp", minute(2)),
      ]);
      const recorded = await store.record([resolved(monitor, "tp", minute(3))]);
      expect(recorded.resolved).toEqual([]);
      expect(await only()).toMatchObject({ revision: 2, resolvedAt: minute(1) });
    });

    it("comes with an edit and with a deletion, for nobody watches the rule from there on", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON), feed("no-data", monitor, minute(1), NOON)]);
      await store.writeSamples([{ symbol: "SPX", price: 1, at: minute(2) }]);
      const changed = await store.changeMonitor("ada", monitor.id, { note: "x" }, minute(2));
      expect(await inbox()).toMatchObject([
        { kind: "no-data", state: "resolved", resolvedAt: minute(2) },
        { ruleId: "tp", state: "resolved", resolvedAt: minute(2) },
      ]);
      await store.record([fired(changed?.monitor ?? monitor, "sl", minute(3))]);
      await store.deleteMonitor("ada", monitor.id);
      expect((await inbox())[0]).toMatchObject({
        ruleId: "sl",
        state: "resolved",
        resolvedAt: minute(3),
      });
    });

    it("ends the fire before when a rule fires again without having been quiet", async () => {
      const monitor = await newMonitorOf(store, undefined, { cooldownMs: MINUTE });
      await store.record([
        fired(monitor, "tp", NOON),
        fired(monitor, "tp", NOON + 1),
        fired(monitor, "tp", minute(2)),
        resolved(monitor, "tp", minute(3)),
      ]);
      expect((await inbox()).map((each) => [each.resolvedAt, each.suppressedCount])).toEqual([
        [minute(3), 0],
        [minute(2), 1],
      ]);
    });
  });

  describe("a silent feed", () => {
    it("is told once for each silence, and is over when data is back (trap 6)", async () => {
      const monitor = await newMonitorOf(store);
      const silent = feed("no-data", monitor, minute(5), minute(1));
      const first = await store.record([silent]);
      expect(first.fired).toMatchObject([
        {
          id: `${monitor.id}.no-data.${minute(1)}`,
          kind: "no-data",
          reason: "no-data",
          ruleId: null,
          price: 101.5,
          firedAt: minute(5),
          state: "firing",
        },
      ]);
      expect(await store.ruleStates("ada")).toMatchObject([
        { ruleId: "tp", phase: "no-data", since: minute(5) },
        { ruleId: "sl", phase: "no-data" },
      ]);
      const back = feed("data", monitor, minute(6), minute(1));
      expect((await store.record([silent, back])).resolved).toMatchObject([
        { kind: "no-data", resolvedAt: minute(6) },
      ]);
      expect(await store.record([silent, back])).toEqual({
        fired: [],
        resolved: [],
        suppressed: 0,
      });
      expect(await store.ruleStates("ada")).toMatchObject([{ phase: "inactive" }, {}]);
      const second = await store.record([feed("no-data", monitor, minute(20), minute(12))]);
      expect(second.fired).toHaveLength(1);
    });

    it("does not resolve what fires, and is not told where nobody wants to know", async () => {
      const monitor = await newMonitorOf(store, undefined, { onNoData: "ignore" });
      await store.record([fired(monitor, "tp", NOON)]);
      const recorded = await store.record([feed("no-data", monitor, minute(5), NOON)]);
      expect(recorded).toEqual({ fired: [], resolved: [], suppressed: 0 });
      expect(await only()).toMatchObject({ ruleId: "tp", state: "firing" });
      expect(await store.ruleStates("ada")).toMatchObject([{ phase: "no-data" }, {}]);
    });
  });

  describe("a flood", () => {
    const rules = Array.from({ length: 8 }, (_, index) => ({ ...takeProfit, id: `r${index}` }));
    const burst = async (count: number, severity: "warning" | "critical" = "warning") => {
      const monitor = await newMonitorOf(
        store,
        rules.map((rule) => ({ ...rule, severity })),
      );
      return rules.slice(0, count).map(({ id }, index) => fired(monitor, id, NOON + index));
    };

    it("goes out as one summary; its single alerts are in the inbox and unread", async () => {
      store = open({ flood: { max: 3, windowMs: 3 * MINUTE } });
      const recorded = await store.record(await burst(6));
      expect(recorded.fired.map(({ kind, push, covers }) => [kind, push, covers])).toEqual([
        ["take-profit", "now", 0],
        ["take-profit", "now", 0],
        ["take-profit", "now", 0],
        ["take-profit", "flood", 0],
        ["summary", "now", 1],
        ["take-profit", "flood", 0],
        ["take-profit", "flood", 0],
      ]);
      expect(await store.unreadCount("ada")).toBe(7);
    });

    it("says how far it is once a second, and at its end, which is also told", async () => {
      store = open({ flood: { max: 2, windowMs: 3 * MINUTE } });
      const all = await burst(6);
      await store.record(all.slice(0, 4));
      const summary = async () =>
        (await inbox()).filter(({ kind }) => kind === "summary").map((each) => ({ ...each }))[0];
      expect(await summary()).toMatchObject({ covers: 1, revision: 1, state: "firing" });
      time += 1_000;
      await store.releaseMuted(minute(1));
      expect(await summary()).toMatchObject({ covers: 2, revision: 2 });
      await store.record(all.slice(4));
      expect(await summary()).toMatchObject({ covers: 2, revision: 2 });
      await store.releaseMuted(minute(4));
      expect(await summary()).toMatchObject({
        covers: 4,
        revision: 3,
        state: "resolved",
        body: "4 alerts are in the inbox.",
      });
      expect(await store.releaseMuted(minute(5))).toEqual({
        fired: [],
        resolved: [],
        suppressed: 0,
      });
    });

    it("never holds back what is critical, nor another user's", async () => {
      store = open({ flood: { max: 2, windowMs: 3 * MINUTE } });
      const critical = await store.record(await burst(6, "critical"));
      expect(critical.fired.map(({ push }) => push)).toEqual(Array(6).fill("now"));
      const other = await newMonitorOf(store, undefined, { userId: "bob" });
      const { fired: told } = await store.record([fired(other, "tp", NOON + 5)]);
      expect(told).toMatchObject([{ push: "now" }]);
    });

    it("is over when the window has passed, in market time", async () => {
      store = open({ flood: { max: 2, windowMs: MINUTE } });
      const monitor = await newMonitorOf(store, rules);
      const at = [0, 0.1, 0.2, 1.3];
      const recorded = await store.record(
        at.map((minutes, index) => fired(monitor, `r${index}`, minute(minutes))),
      );
      expect(recorded.fired.map(({ push }) => push)).toEqual(["now", "now", "flood", "now", "now"]);
      expect(recorded.resolved).toMatchObject([{ kind: "summary", resolvedAt: minute(1.3) }]);
    });
  });

  describe("a digest", () => {
    it("collects what is of low severity, and tells of it when it is due", async () => {
      store = open({ digestMs: 10 * MINUTE });
      const info = { ...takeProfit, severity: "info" as const };
      const monitor = await newMonitorOf(store, [info, { ...info, id: "tp2" }, stopLoss]);
      const recorded = await store.record([
        fired(monitor, "tp", NOON),
        fired(monitor, "sl", minute(1)),
        fired(monitor, "tp2", minute(5)),
      ]);
      expect(recorded.fired.map(({ push }) => push)).toEqual(["digest", "now", "digest"]);
      expect((await store.releaseMuted(minute(9))).fired).toEqual([]);
      const { fired: told } = await store.releaseMuted(minute(10));
      expect(told).toMatchObject([
        { kind: "summary", reason: "digest", covers: 2, severity: "info", state: "resolved" },
      ]);
      expect((await store.releaseMuted(minute(30))).fired).toEqual([]);
    });
  });

  describe("where rules stand", () => {
    it("is kept with every move, for after a restart", async () => {
      const monitor = await newMonitorOf(store);
      const pending = move("pending", monitor, "tp", NOON);
      await store.record([pending]);
      expect(await store.memoryOf([monitor.id])).toEqual([pending.memory]);
      const fire = fired(monitor, "tp", minute(1));
      await store.record([fire]);
      expect(await store.memoryOf([monitor.id, "other"])).toEqual([fire.memory]);
      await store.record([pending]); // another worker, a little late
      expect(await store.memoryOf([monitor.id])).toEqual([fire.memory]);
    });

    it("is forgotten with an edit, but for the snooze", async () => {
      const monitor = await newMonitorOf(store);
      await store.snooze("ada", monitor.id, undefined, minute(60));
      expect(await store.memoryOf([monitor.id])).toEqual([]); // a snooze is no memory
      await store.record([fired(monitor, "tp", minute(1)), fired(monitor, "sl", minute(1))]);
      await store.changeMonitor("ada", monitor.id, { rules: monitor.rules.slice(0, 1) }, NOON);
      expect(await store.memoryOf([monitor.id])).toEqual([]);
      expect(await store.ruleStates("ada", monitor.id)).toEqual([
        {
          monitorId: monitor.id,
          ruleId: "tp",
          phase: "inactive",
          since: null,
          pendingSince: null,
          firedAt: null,
          firedPrice: null,
          snoozedUntil: minute(60),
          spent: false,
        },
      ]);
    });
  });
});
