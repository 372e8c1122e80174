import { CloseCode } from "@tocsin/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, DEFAULT_BACKOFF } from "./backoff.js";
import { closePolicy } from "./close-policy.js";
import { beat } from "./heartbeat.js";
import { refreshInMs } from "./token-refresh.js";

describe("backoff", () => {
  test("stays within the bounds of full jitter for every attempt and roll (E9)", () => {
    fc.assert(
      fc.property(
        fc.nat(2_000),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, roll) => {
          const ms = backoffMs(attempt, DEFAULT_BACKOFF, roll);
          expect(Number.isInteger(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThan(Math.min(20_000, 500 * 2 ** attempt));
        },
      ),
    );
  });
});

describe("backoff, when the server asks for a spread (F14)", () => {
  const most = 0.999_999;

  test("leaves the first wait as it is: whoever was cut off alone is back at once", () => {
    expect(backoffMs(0, DEFAULT_BACKOFF, most, 8_000)).toBe(499);
  });

  test("makes later waits as wide as that, and wider once they would be anyhow", () => {
    const widest = [1, 2, 3, 4, 5].map((n) => backoffMs(n, DEFAULT_BACKOFF, most, 8_000));
    expect(widest).toEqual([7_999, 7_999, 7_999, 7_999, 15_999]);
  });

  test("never goes past the longest wait, nor below what it would be without", () => {
    expect(backoffMs(1, DEFAULT_BACKOFF, most, 600_000)).toBe(19_999);
    expect(backoffMs(1, DEFAULT_BACKOFF, most, 10)).toBe(999);
  });
});

describe("close codes", () => {
  test.each([
    [CloseCode.GoingAway, "retry"],
    [1005, "retry"],
    [1006, "retry"],
    [CloseCode.ServiceRestart, "retry"],
    [CloseCode.TryAgainLater, "retry"],
    [1014, "retry"],
    [CloseCode.HeartbeatTimeout, "retry"],
    [CloseCode.TokenExpired, "reauth"],
    [CloseCode.SlowConsumer, "retry"],
    [CloseCode.RateLimited, "retry"],
    [4499, "retry"],
    [CloseCode.Normal, "stop"],
    [CloseCode.ProtocolError, "stop"],
    [CloseCode.UnsupportedData, "stop"],
    [CloseCode.InvalidText, "stop"],
    [CloseCode.PolicyViolation, "stop"],
    [CloseCode.TooLarge, "stop"],
    [CloseCode.ServerError, "stop"],
    [CloseCode.BadRequest, "stop"],
    [CloseCode.Unauthorized, "stop"],
    [CloseCode.Forbidden, "stop"],
    [4999, "stop"],
    [3000, "stop"],
  ] as const)("%i: %s", (code, policy) => {
    expect(closePolicy(code)).toBe(policy);
  });
});

describe("the heartbeat", () => {
  const terms = { intervalMs: 100, timeoutMs: 30 };

  test("waits for the rest of the interval, then asks, then gives up", () => {
    expect(beat(40, 0, undefined, terms)).toEqual({ next: "wait", ms: 60 });
    expect(beat(100, 0, undefined, terms)).toEqual({ next: "ping", ms: 30 });
    expect(beat(130, 0, 100, terms)).toEqual({ next: "dead" });
    expect(beat(130, 110, 100, terms)).toEqual({ next: "wait", ms: 80 });
  });

  test("never calls a socket dead that has answered since it was asked", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (probedAt, later, more) => {
        const heardAt = probedAt + later;
        expect(beat(heardAt + more, heardAt, probedAt, terms).next).not.toBe("dead");
      }),
    );
  });
});

describe("a token", () => {
  test("is renewed after 80 % of its life, at least 5 s before its end, at most once a second", () => {
    expect(refreshInMs(100_000)).toBe(80_000);
    expect(refreshInMs(10_000)).toBe(5_000);
    expect(refreshInMs(3_000)).toBe(1_000);
    expect(refreshInMs(-1)).toBe(1_000);
  });
});
