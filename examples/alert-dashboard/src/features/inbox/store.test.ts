import type { Recovery, SubscriptionEvents } from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { describe, expect, test } from "vitest";
import { createInboxStore, type InboxSource } from "./store.js";
import { alertOf } from "./testing.js";

type Events = SubscriptionEvents<AlertNotification>;

function setUp() {
  const handlers: { [K in keyof Events]?: (...args: Events[K]) => void } = {};
  const source: InboxSource = {
    state: "live",
    on(event, handler) {
      Object.assign(handlers, { [event]: handler });
      return () => {
        delete handlers[event];
      };
    },
    off() {},
  };
  const news: [number, boolean][] = [];
  const changes: [boolean | undefined, boolean][] = [];
  let waiting: (() => void)[] = [];
  const store = createInboxStore(
    source,
    {
      onNew: ({ seq }, replayed) => news.push([seq, replayed]),
      onChange: (before, after) =>
        changes.push([before && before.readAt !== null, after.readAt !== null]),
      onRecovery() {},
    },
    () => 77,
    (run) => waiting.push(run),
  );
  return {
    store,
    news,
    changes,
    handlers,
    arrive: (alert: AlertNotification, replayed = false) =>
      handlers.event?.(alert, { offset: 1, replayed, conflated: 0, publishedAt: 0 }),
    recover: (recovery: Recovery) => handlers.recovery?.(recovery),
    show() {
      const due = waiting;
      waiting = [];
      for (const run of due) run();
      return store.view;
    },
  };
}

/** A promise that is settled from outside. */
function later<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe("what comes over the socket", () => {
  test("is kept in its highest revision, in whatever order revisions come", () => {
    const { arrive, show } = setUp();
    arrive(alertOf({ revision: 3, readAt: 1 }));
    arrive(alertOf({ revision: 2 }));
    expect(show().alerts.get("n1")?.revision).toBe(3);
  });

  test("is new once: later revisions change an alert and announce nothing", () => {
    const { arrive, news } = setUp();
    arrive(alertOf());
    arrive(alertOf());
    arrive(alertOf({ revision: 2 }));
    arrive(alertOf({ seq: 2, revision: 4 }));
    expect(news).toEqual([[1, false]]);
  });

  test("is shown once for a burst, and as the same object until something changes", () => {
    const { store, arrive, show } = setUp();
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    for (let seq = 1; seq <= 500; seq += 1) arrive(alertOf({ seq }));
    expect(show().alerts.size).toBe(500);
    expect(told).toBe(1);
    expect(store.view).toBe(store.view);
  });

  test("counts as recovered when replayed, and as a gap when lost, both ends included", () => {
    const { arrive, recover, show } = setUp();
    recover({ outcome: "recovered" });
    arrive(alertOf({ seq: 1 }), true);
    arrive(alertOf({ seq: 2 }), true);
    arrive(alertOf({ seq: 3 }));
    expect(show().recovery).toEqual({ outcome: "recovered", count: 2 });
    recover({ outcome: "gap", from: 5, to: 7, reason: "expired" });
    expect(show().recovery).toEqual({ outcome: "gap", count: 3 });
    recover({ outcome: "gap", from: 0, to: 0, reason: "epoch-changed" });
    expect(show().recovery).toEqual({ outcome: "gap", count: 0 });
  });

  test("does not grow without bound, and the newest stay", () => {
    const { arrive, show } = setUp();
    for (let seq = 1; seq <= 2_001; seq += 1) arrive(alertOf({ seq }));
    const { alerts } = show();
    expect(alerts.size).toBeLessThanOrEqual(2_000);
    expect(alerts.has("n2001")).toBe(true);
    expect(alerts.has("n1")).toBe(false);
  });
});

describe("what the reader does", () => {
  const acknowledged = alertOf({ revision: 2, acknowledgedAt: 50, readAt: 50 });

  test("shows at once, and then as the server says", async () => {
    const { store, show, changes } = setUp();
    const answer = later<AlertNotification>();
    const done = store.act(alertOf(), { do: "acknowledge" }, () => answer.promise);
    expect(show().shown(alertOf()).acknowledgedAt).toBe(77);
    answer.resolve(acknowledged);
    await done;
    expect(show().shown(alertOf()).acknowledgedAt).toBe(50);
    expect(changes.at(1)).toEqual([false, true]);
  });

  test("is taken back when the server refuses", async () => {
    const { store, show } = setUp();
    const answer = later<AlertNotification>();
    const done = store.act(alertOf(), { do: "archive" }, () => answer.promise);
    expect(show().shown(alertOf()).archivedAt).toBe(77);
    answer.reject(new Error("no"));
    await expect(done).rejects.toThrow("no");
    expect(show().shown(alertOf()).archivedAt).toBeNull();
  });

  test("survives a revision that comes in between and knows nothing of it", async () => {
    const { store, show, arrive } = setUp();
    const answer = later<AlertNotification>();
    const done = store.act(alertOf(), { do: "acknowledge" }, () => answer.promise);
    arrive(alertOf({ revision: 2, suppressedCount: 4 }));
    expect(show().shown(alertOf())).toMatchObject({ suppressedCount: 4, acknowledgedAt: 77 });
    answer.resolve({ ...acknowledged, revision: 3, suppressedCount: 4 });
    await done;
    expect(show().shown(alertOf())).toMatchObject({ revision: 3, acknowledgedAt: 50 });
  });

  test("in another tab comes as a revision and counts the same", () => {
    const { arrive, show, changes } = setUp();
    arrive(alertOf());
    arrive(acknowledged);
    expect(show().shown(alertOf()).acknowledgedAt).toBe(50);
    expect(changes).toEqual([
      [undefined, false],
      [false, true],
    ]);
  });

  test("to all shows at once up to where it was seen, and not on what comes later", async () => {
    const { store, show } = setUp();
    const answer = later<void>();
    const done = store.readAll(5, () => answer.promise);
    expect(show().shown(alertOf({ seq: 5 })).readAt).toBe(77);
    expect(show().shown(alertOf({ seq: 6 })).readAt).toBeNull();
    answer.resolve();
    await done;
  });
});

test("a stopped inbox hears nothing more", () => {
  const { store, handlers } = setUp();
  store.stop();
  expect(handlers).toEqual({});
});
