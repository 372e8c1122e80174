import { ConnectTimeoutError } from "@tocsin/client";
import { describe, expect, test } from "vitest";
import { type Facts, indicate, isAway, toneOf } from "./indicate.js";

const error = new ConnectTimeoutError("no answer");
const calm: Facts = {
  connection: { status: "live", attempt: 0 },
  online: true,
  inbox: { channel: "live", recovery: { outcome: "fresh" } },
  gapSeen: false,
  service: { running: true, ended: false, stale: [] },
};
const state = (facts: Partial<Facts>) => indicate({ ...calm, ...facts });

test("live is said only when connection, inbox and feeds all are", () => {
  expect(state({})).toEqual({ state: "live", recovered: undefined });
  expect(toneOf(state({}))).toBe("good");
});

test("a connection whose inbox has not answered is still recovering", () => {
  const recovery = { outcome: "fresh" } as const;
  expect(state({ inbox: { channel: "stale", recovery } }).state).toBe("recovering");
  expect(state({ inbox: { channel: "pending", recovery: undefined } }).state).toBe("recovering");
});

test("what a reconnect brought back is counted, nothing missed being none", () => {
  const after = (recovery: NonNullable<Facts["inbox"]>["recovery"]) =>
    state({ inbox: { channel: "live", recovery } });
  expect(after({ outcome: "recovered", count: 3 })).toEqual({ state: "live", recovered: 3 });
  expect(after({ outcome: "nothing-missed" })).toEqual({ state: "live", recovered: 0 });
});

describe("a gap", () => {
  const inbox = { channel: "live", recovery: { outcome: "gap", count: 3 } } as const;

  test("is told until it is understood, even when feeds are silent too", () => {
    const service = { running: true, ended: false, stale: ["SPX"] };
    expect(state({ inbox, service })).toEqual({ state: "gap", missed: 3 });
    expect(toneOf(state({ inbox }))).toBe("warn");
    expect(state({ inbox, gapSeen: true }).state).toBe("live");
  });
});

test("silent feeds and a stopped service are no live prices, however good the connection", () => {
  expect(state({ service: { running: true, ended: false, stale: ["SPX"] } })).toEqual({
    state: "stale",
    symbols: ["SPX"],
  });
  expect(state({ service: { running: false, ended: true, stale: ["SPX"] } })).toEqual({
    state: "paused",
    ended: true,
  });
});

test("without a network the page says so instead of counting down", () => {
  const waiting = { status: "waiting", attempt: 3, retryAt: 9, error } as const;
  expect(state({ connection: waiting })).toEqual({
    state: "waiting",
    attempt: 3,
    retryAt: 9,
    why: "no answer",
  });
  expect(state({ connection: waiting, online: false }).state).toBe("offline");
  expect(isAway(state({ connection: waiting }))).toBe(true);
  expect(isAway(state({}))).toBe(false);
});

test("giving up is red, with its reason", () => {
  const stopped = state({ connection: { status: "stopped", attempt: 3, error } });
  expect(stopped).toEqual({ state: "stopped", why: "no answer" });
  expect(toneOf(stopped)).toBe("bad");
});
