import type { EventMeta, Listenable, Recovery, SubscriptionEvents } from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { expect, test } from "vitest";
import { createInbox } from "./inbox.js";

const alert = (seq: number): AlertNotification => ({
  id: `n${seq}`,
  seq,
  userId: "demo",
  monitorId: "m1",
  monitorVersion: 1,
  symbol: "SPX",
  reason: "stop-loss",
  rule: { kind: "stop-loss", price: 1, side: "long" },
  price: 1,
  previousPrice: null,
  level: 1,
  firedAt: 0,
  storedAt: 0,
  cooldownUntil: 0,
  suppressedCount: 0,
  lastSuppressedAt: null,
  title: "",
  body: "",
});

type Events = SubscriptionEvents<AlertNotification>;

function setUp() {
  const handlers: { [K in keyof Events]?: (...args: Events[K]) => void } = {};
  const source: Listenable<Events> = {
    on(event, handler) {
      Object.assign(handlers, { [event]: handler });
      return () => {
        delete handlers[event];
      };
    },
    off() {},
  };
  const seen: [number, boolean][] = [];
  const inbox = createInbox(source, {
    onAlert: ({ seq }, replayed) => seen.push([seq, replayed]),
    onRecovery() {},
  });
  const meta = (replayed: boolean): EventMeta => ({
    offset: 1,
    replayed,
    conflated: 0,
    publishedAt: 0,
  });
  return {
    inbox,
    seen,
    handlers,
    arrive: (seq: number, replayed = false) => handlers.event?.(alert(seq), meta(replayed)),
    recover: (recovery: Recovery) => handlers.recovery?.(recovery),
  };
}

test("alerts are kept in order of arrival and told one by one", () => {
  const { inbox, arrive, seen } = setUp();
  arrive(1);
  arrive(2);
  expect(inbox.view.alerts.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(seen).toEqual([
    [1, false],
    [2, false],
  ]);
});

test("replayed alerts count as recovered, live ones after them do not", () => {
  const { inbox, arrive, recover } = setUp();
  recover({ outcome: "recovered" });
  arrive(1, true);
  arrive(2, true);
  arrive(3);
  expect(inbox.view.recovery).toEqual({ outcome: "recovered", count: 2 });
});

test("a gap is counted, both ends included", () => {
  const { inbox, recover } = setUp();
  recover({ outcome: "gap", from: 5, to: 7, reason: "expired" });
  expect(inbox.view.recovery).toEqual({ outcome: "gap", count: 3 });
});

test("a gap on a channel that was started over and is still empty counts nothing", () => {
  const { inbox, recover } = setUp();
  recover({ outcome: "gap", from: 0, to: 0, reason: "epoch-changed" });
  expect(inbox.view.recovery).toEqual({ outcome: "gap", count: 0 });
});

test("the view is the same object until something changes, as a React store needs it", () => {
  const { inbox, arrive } = setUp();
  let told = 0;
  const stop = inbox.subscribe(() => {
    told += 1;
  });
  expect(inbox.view).toBe(inbox.view);
  arrive(1);
  stop();
  arrive(2);
  expect(told).toBe(1);
});

test("a stopped inbox hears nothing more", () => {
  const { inbox, handlers } = setUp();
  inbox.stop();
  expect(handlers).toEqual({});
});
