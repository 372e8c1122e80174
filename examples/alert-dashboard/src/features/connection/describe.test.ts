import { ConnectTimeoutError } from "@tocsin/client";
import { expect, test } from "vitest";
import { describeConnection, describeRecovery, toneOf } from "./describe.js";

const error = new ConnectTimeoutError("no answer");

test("the first connect is a connect, any later one a reconnect with its number", () => {
  expect(describeConnection({ status: "connecting", attempt: 0 }, 0)).toBe("Connecting…");
  expect(describeConnection({ status: "connecting", attempt: 2 }, 0)).toBe(
    "Reconnecting · attempt 2",
  );
});

test("a wait counts down and says which attempt comes", () => {
  const waiting = { status: "waiting", attempt: 3, retryAt: 0, error } as const;
  expect(describeConnection(waiting, 4)).toBe("Reconnecting in 4 s · attempt 3");
});

test("giving up is called offline, in red", () => {
  const stopped = { status: "stopped", attempt: 3, error } as const;
  expect(describeConnection(stopped, 0)).toBe("Offline");
  expect(toneOf(stopped, undefined)).toBe("bad");
});

test("what was missed is told in numbers", () => {
  expect(describeRecovery({ outcome: "nothing-missed" })).toBe("nothing missed");
  expect(describeRecovery({ outcome: "recovered", count: 1 })).toBe("recovered 1 alert");
  expect(describeRecovery({ outcome: "recovered", count: 12 })).toBe("recovered 12 alerts");
  expect(describeRecovery({ outcome: "gap", count: 1_500 })).toBe("gap of 1,500, history reloaded");
});

test("a gap keeps its colour while the connection is live again", () => {
  expect(toneOf({ status: "live", attempt: 0 }, { outcome: "gap", count: 2 })).toBe("warn");
  expect(toneOf({ status: "live", attempt: 0 }, { outcome: "nothing-missed" })).toBe("good");
});
