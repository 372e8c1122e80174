import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDispatcher, type Dispatcher } from "../../../src/alerts/delivery/dispatcher.js";
import { inboxSink } from "../../../src/alerts/delivery/inbox-sink.js";
import type { AlertSink, Delivery } from "../../../src/alerts/delivery/sink.js";
import { DeliveryError } from "../../../src/alerts/errors.js";
import { type AlertStore, kyselyAlertStore } from "../../../src/alerts/store/kysely-alert-store.js";
import { fakeClock } from "../../../src/testing/index.js";
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

/** A sink that keeps what it is given, and fails where it is told to. */
function recordingSink(name: string, failure: (delivery: Delivery) => unknown = () => undefined) {
  const arrived: Delivery[] = [];
  const attempts: string[] = [];
  const sink: AlertSink = {
    name,
    async deliver(delivery) {
      attempts.push(delivery.id);
      const error = failure(delivery);
      if (error !== undefined) throw error;
      arrived.push(delivery);
    },
  };
  return { sink, arrived, attempts, said: () => arrived.map(says) };
}

/** Something a test waits for. */
function event() {
  let resolve = () => {};
  const promise = new Promise<void>((happened) => {
    resolve = happened;
  });
  return { promise, resolve };
}

const says = ({ notification: { ruleId, revision }, recipient }: Delivery) =>
  `${recipient}: ${ruleId} ${revision}`;

describeEngines("delivery", (engine) => {
  let database: AlertDatabase;
  let clock: ReturnType<typeof fakeClock>;
  let store: AlertStore;
  const running: Dispatcher[] = [];

  beforeEach(async () => {
    clock = fakeClock();
    database = await engine.open();
    store = kyselyAlertStore(database.db, { now: clock.now });
  });
  afterEach(async () => {
    for (const dispatcher of running.splice(0)) await dispatcher.close();
    await database[Symbol.asyncDispose]();
  });

  function dispatch(sinks: readonly AlertSink[], owner?: string): Dispatcher {
    const dispatcher = createDispatcher({
      store,
      sinks,
      clock,
      random: () => 0,
      ...(owner !== undefined && { owner }),
    });
    running.push(dispatcher);
    return dispatcher;
  }

  describe("what goes out", () => {
    it("is every revision to the inbox, in the order of storing", async () => {
      const monitor = await newMonitorOf(store);
      const inbox = recordingSink("inbox");
      const { fired: told } = await store.record([
        fired(monitor, "tp", NOON),
        resolved(monitor, "tp", minute(1)),
        fired(monitor, "sl", minute(2)),
      ]);
      await store.act("ada", told[0]?.id ?? "", { do: "read" });
      await store.act("ada", told[0]?.id ?? "", { do: "read" });
      await store.readAll("ada");
      expect(await dispatch([inbox.sink]).flush()).toBe(true);
      expect(inbox.said()).toEqual([
        "ada: tp 1",
        "ada: tp 2",
        "ada: sl 1",
        "ada: tp 3",
        "ada: sl 2",
      ]);
      expect(inbox.arrived[0]?.notification).toMatchObject({ seq: 1, state: "firing" });
      expect(inbox.arrived[1]?.notification).toMatchObject({ seq: 1, state: "resolved" });
      expect(new Set(inbox.arrived.map(({ id }) => id)).size).toBe(5);
    });

    it("is to an endpoint what is severe enough and new, and the end of what it was told", async () => {
      const monitor = await newMonitorOf(store, [
        { ...takeProfit, severity: "info" },
        { ...stopLoss, severity: "critical" },
      ]);
      const make = (minSeverity: "info" | "critical") =>
        store.createEndpoint("ada", {
          sink: "webhook",
          target: "https://example.com",
          minSeverity,
        });
      const all = await make("info");
      const critical = await make("critical");
      await store.record([fired(monitor, "tp", NOON), fired(monitor, "sl", NOON)]);
      const late = await make("info");
      const { resolved: over } = await store.record([
        resolved(monitor, "tp", minute(1)),
        resolved(monitor, "sl", minute(1)),
      ]);
      await store.act("ada", over[0]?.id ?? "", { do: "acknowledge" });
      const hook = recordingSink("webhook");
      await dispatch([hook.sink]).flush();
      const to = (endpoint: { readonly id: string }) =>
        hook.said().flatMap((said) => said.split(`${endpoint.id}: `)[1] ?? []);
      expect(to(all)).toEqual(["tp 1", "sl 1", "tp 2", "sl 2"]);
      expect(to(critical)).toEqual(["sl 1", "sl 2"]);
      expect(to(late)).toEqual([]);
    });

    it("is to endpoints a summary in place of a flood", async () => {
      store = kyselyAlertStore(database.db, {
        now: clock.now,
        flood: { max: 1, windowMs: minute(3) - NOON },
      });
      const rules = ["a", "b", "c"].map((id) => ({ ...takeProfit, id }));
      const monitor = await newMonitorOf(store, rules);
      await store.createEndpoint("ada", { sink: "webhook", target: "x", minSeverity: "info" });
      await store.record([
        ...rules.map(({ id }) => fired(monitor, id, NOON)),
        resolved(monitor, "c", minute(1)),
      ]);
      clock.advance(1_000);
      await store.releaseMuted(minute(4));
      const hook = recordingSink("webhook");
      await dispatch([hook.sink]).flush();
      expect(
        hook.arrived.map(({ notification: { kind, revision, covers } }) => [
          kind,
          revision,
          covers,
        ]),
      ).toEqual([
        ["take-profit", 1, 0],
        ["summary", 1, 1],
        ["summary", 2, 2],
      ]);
    });

    it("is known for each notification, to its owner alone", async () => {
      const monitor = await newMonitorOf(store);
      await store.createEndpoint("ada", { sink: "webhook", target: "x", minSeverity: "info" });
      const { fired: told } = await store.record([fired(monitor, "tp", NOON)]);
      const hook = recordingSink("webhook", () => new DeliveryError("no", { retryable: false }));
      await dispatch([hook.sink, recordingSink("inbox").sink]).flush();
      const id = told[0]?.id ?? "";
      expect(await store.deliveriesOf("ada", id)).toMatchObject([
        { sink: "inbox", recipient: "ada", status: "delivered", attempts: 1, error: null },
        { sink: "webhook", status: "failed", attempts: 1, error: "no", revision: 1 },
      ]);
      expect(await store.deliveriesOf("bob", id)).toEqual([]);
    });
  });

  describe("a delivery that fails", () => {
    it("is tried again after a wait that doubles, under the same id, before all that follows", async () => {
      let broken = true;
      const inbox = recordingSink("inbox", () => (broken ? new Error("no route") : undefined));
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON), fired(monitor, "sl", NOON)]);
      const dispatcher = dispatch([inbox.sink]);
      for (const wait of [1_000, 2_000, 4_000]) {
        expect(await dispatcher.flush()).toBe(false);
        const count = inbox.attempts.length;
        clock.advance(wait - 1);
        await dispatcher.flush();
        expect(inbox.attempts).toHaveLength(count);
        clock.advance(1);
      }
      broken = false;
      expect(await dispatcher.flush()).toBe(true);
      expect(new Set(inbox.attempts.slice(0, -1)).size).toBe(1);
      expect(inbox.said()).toEqual(["ada: tp 1", "ada: sl 1"]);
    });

    it("holds nobody else back", async () => {
      const failing = (delivery: Delivery) =>
        delivery.recipient === "ada" ? new Error("busy") : undefined;
      const inbox = recordingSink("inbox", failing);
      for (const userId of ["ada", "bob"]) {
        const monitor = await newMonitorOf(store, undefined, { userId });
        await store.record([fired(monitor, "tp", NOON), fired(monitor, "sl", NOON)]);
      }
      expect(await dispatch([inbox.sink]).flush()).toBe(false);
      expect(inbox.said()).toEqual(["bob: tp 1", "bob: sl 1"]);
    });

    it("is given up when trying again cannot help, or has not helped for long enough", async () => {
      const monitor = await newMonitorOf(store);
      const hopeless = (delivery: Delivery) =>
        delivery.notification.ruleId === "tp"
          ? new DeliveryError("gone", { retryable: false })
          : new Error("later");
      const { sink, attempts } = recordingSink("inbox", hopeless);
      await store.record([fired(monitor, "tp", NOON), fired(monitor, "sl", NOON)]);
      const retry = { baseMs: 1_000, giveUpAfterMs: 10_000 };
      const dispatcher = dispatch([{ ...sink, retry }]);
      for (let round = 0; round < 12; round += 1) {
        await dispatcher.flush();
        clock.advance(1_000);
      }
      expect(await dispatcher.flush()).toBe(true);
      expect(attempts).toHaveLength(1 + 4); // after 0, 1, 3 and 7 seconds; 15 would be too late
    });

    it("is left alone for as long as the other side asks", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON)]);
      const busy = new DeliveryError("busy", { retryable: true, retryAfterMs: 60_000 });
      const inbox = recordingSink("inbox", () => busy);
      const dispatcher = dispatch([inbox.sink]);
      await dispatcher.flush();
      clock.advance(59_999);
      await dispatcher.flush();
      expect(inbox.attempts).toHaveLength(1);
      clock.advance(1);
      await dispatcher.flush();
      expect(inbox.attempts).toHaveLength(2);
    });

    it("that never ends counts as failed after a time", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON)]);
      const started = event();
      const sink: AlertSink = {
        name: "inbox",
        deliver() {
          started.resolve();
          return new Promise(() => {});
        },
      };
      const dispatcher = dispatch([sink]);
      const flushed = dispatcher.flush();
      await started.promise;
      clock.advance(30_000);
      expect(await flushed).toBe(false);
      const [notification] = await store.notifications("ada", { limit: 1 });
      expect(await store.deliveriesOf("ada", notification?.id ?? "")).toMatchObject([
        { status: "waiting", attempts: 1, error: "took longer than 30000 ms" },
      ]);
    });
  });

  describe("several dispatchers", () => {
    it("share the work: each delivery goes out once", async () => {
      const users = Array.from({ length: 12 }, (_, index) => `user-${index}`);
      for (const userId of users) {
        const monitor = await newMonitorOf(store, undefined, { userId });
        await store.record([fired(monitor, "tp", NOON), fired(monitor, "sl", NOON)]);
      }
      const sinks = [recordingSink("inbox"), recordingSink("inbox")];
      const dispatchers = sinks.map(({ sink }, index) => dispatch([sink], `worker-${index}`));
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.flush()));
      while ((await store.nextDueAt("inbox")) !== undefined) {
        clock.advance(1_000); // one may have waited for a recipient that the other had
        await Promise.all(dispatchers.map((dispatcher) => dispatcher.flush()));
      }
      const said = sinks.flatMap((sink) => sink.said());
      expect(said.sort()).toEqual(
        users.flatMap((user) => [`${user}: sl 1`, `${user}: tp 1`]).sort(),
      );
    });

    it("take over from one that died once its claim is over, and know that it was at it", async () => {
      const monitor = await newMonitorOf(store);
      await store.record([fired(monitor, "tp", NOON)]);
      const claim = { owner: "dead", ttlMs: 10_000 };
      expect(await store.due("inbox", 10, claim)).toMatchObject([{ interrupted: false }]);
      const inbox = recordingSink("inbox");
      const dispatcher = dispatch([inbox.sink], "alive");
      expect(await dispatcher.flush()).toBe(false);
      expect(inbox.arrived).toEqual([]);
      clock.advance(10_000);
      expect(await dispatcher.flush()).toBe(true);
      expect(inbox.arrived).toMatchObject([{ interrupted: true, attempt: 1 }]);
    });
  });

  describe("the inbox channel", () => {
    /** A channel that keeps what was published, and no keys: those of a memory store do not survive. */
    function inboxHub() {
      const entries: { data: { id: string; revision: number } }[] = [];
      let reads = 0;
      return {
        entries,
        reads: () => reads,
        hub: {
          async publish(_ref: string, data: { id: string; revision: number }) {
            entries.push({ data });
          },
          async read() {
            reads += 1;
            return { entries };
          },
        },
      };
    }

    it("has everything once when a crash came between publishing and noting it", async () => {
      const monitor = await newMonitorOf(store);
      const { entries, hub, reads } = inboxHub();
      const channel = (userId: string) => `alerts:${userId}`;
      await store.record([fired(monitor, "tp", NOON), resolved(monitor, "tp", minute(1))]);
      const forgetful: AlertStore = { ...store, delivered: () => new Promise(() => {}) };
      const published = event();
      const sink = inboxSink({ hub, channel });
      // This process publishes the first and dies before it notes that it did.
      createDispatcher({
        store: forgetful,
        sinks: [
          {
            ...sink,
            batch: 1,
            async deliver(delivery, signal) {
              await sink.deliver(delivery, signal);
              published.resolve();
            },
          },
        ],
        clock,
      });
      await published.promise;
      expect(entries).toHaveLength(1);
      await store.record([fired(monitor, "sl", minute(2))]);
      const next = dispatch([inboxSink({ hub, channel })]);
      expect(await next.flush()).toBe(true);
      expect(entries.map(({ data: { revision } }) => revision)).toEqual([1, 2, 1]);
      expect(new Set(entries.map(({ data }) => `${data.id} ${data.revision}`)).size).toBe(3);
      expect(reads()).toBeLessThanOrEqual(2);
    });

    it("is not read when nothing was left open", async () => {
      const monitor = await newMonitorOf(store);
      const { hub, reads, entries } = inboxHub();
      await store.record([fired(monitor, "tp", NOON)]);
      await dispatch([inboxSink({ hub, channel: (userId) => userId })]).flush();
      expect(entries).toHaveLength(1);
      expect(reads()).toBe(0);
    });
  });

  it("goes on with what was stored while the database failed to note what arrived", async () => {
    const monitor = await newMonitorOf(store);
    await store.record([fired(monitor, "tp", NOON)]);
    const real = store.delivered;
    const failed = event();
    let broken = true;
    store = {
      ...store,
      async delivered(ids) {
        if (!broken) return real(ids);
        failed.resolve();
        throw new Error("disk full");
      },
    };
    const inbox = recordingSink("inbox");
    const dispatcher = dispatch([inbox.sink]);
    const flushed = dispatcher.flush();
    await failed.promise;
    broken = false;
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
    expect(await flushed).toBe(true);
    expect(inbox.arrived).toHaveLength(1);
  });

  it("stops with its dispatcher, and goes on at once with the next of its name", async () => {
    const monitor = await newMonitorOf(store);
    await store.record([fired(monitor, "tp", NOON)]);
    const started = event();
    const hanging: AlertSink = {
      name: "inbox",
      deliver() {
        started.resolve();
        return new Promise(() => {});
      },
    };
    const first = dispatch([hanging]);
    await started.promise;
    await first.close();
    await first.close();
    expect(await first.flush()).toBe(false);
    expect(clock.pending).toBe(0);
    const inbox = recordingSink("inbox");
    expect(await dispatch([inbox.sink]).flush()).toBe(true);
    expect(inbox.arrived).toMatchObject([{ interrupted: true }]);
  });

  describe("an endpoint", () => {
    const webhook = {
      sink: "webhook",
      target: "https://example.com/a",
      minSeverity: "info",
    } as const;

    it("belongs to one user, and its secret is its own", async () => {
      const made = await store.createEndpoint("ada", webhook);
      expect(made).toMatchObject({ ...webhook, userId: "ada", enabled: true });
      expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
      expect(await store.endpointsOf("ada")).toEqual([made]);
      expect(await store.endpointsOf("bob")).toEqual([]);
      expect(await store.deleteEndpoint("bob", made.id)).toBe(false);
      expect(await store.endpoint(made.id)).toEqual(made);
      const other = await store.createEndpoint("ada", webhook);
      expect(other.secret).not.toBe(made.secret);
    });

    it("takes with it what waits for it", async () => {
      const monitor = await newMonitorOf(store);
      const made = await store.createEndpoint("ada", webhook);
      const { fired: told } = await store.record([fired(monitor, "tp", NOON)]);
      expect(await store.deleteEndpoint("ada", made.id)).toBe(true);
      expect(await store.deleteEndpoint("ada", made.id)).toBe(false);
      expect(await store.nextDueAt("webhook")).toBeUndefined();
      expect(await store.deliveriesOf("ada", told[0]?.id ?? "")).toMatchObject([
        { sink: "inbox" },
        { sink: "webhook", status: "failed", error: "endpoint deleted" },
      ]);
    });

    it("is limited per user (A40)", async () => {
      store = kyselyAlertStore(database.db, { maxEndpoints: 2 });
      await store.createEndpoint("ada", webhook);
      await store.createEndpoint("ada", webhook);
      await expect(store.createEndpoint("ada", webhook)).rejects.toMatchObject({
        name: "TooManyEndpointsError",
        limit: 2,
      });
      await store.createEndpoint("bob", webhook);
    });
  });
});
