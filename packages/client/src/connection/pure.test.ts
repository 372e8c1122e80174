import { CloseCode } from "@tocsin/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, DEFAULT_BACKOFF } from "./backoff.js";
import { closePolicy } from "./close-policy.js";
import { beat } from "./heartbeat.js";
import { refreshInMs } from "./token-refresh.js";

/** Random numbers in [0, 1) that are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

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

  test("gives each client a place in that time with the second wait, which later ones keep", () => {
    const range = (n: number) =>
      [0, most].map((roll) => backoffMs(n, DEFAULT_BACKOFF, roll, 8_000));
    expect(range(1)).toEqual([0, 7_999]);
    for (const n of [2, 5, 50]) expect(range(n)).toEqual([8_000, 6_400]);
  });

  test("has the clients of a lost server come evenly, however long it is away", () => {
    const clients = 5_000;
    const ratios: number[] = [];
    for (const outageMs of [1_000, 3_000, 6_000, 9_000, 15_000, 60_000]) {
      const random = seeded(outageMs);
      const cameAt = Array.from({ length: clients }, () => {
        let at = 0;
        for (let n = 0; n === 0 || at < outageMs; n += 1) {
          at += backoffMs(n, DEFAULT_BACKOFF, random(), 10_000);
        }
        return at;
      }).sort((a, b) => a - b);
      const first = cameAt[0] ?? 0;
      const seconds = ((cameAt.at(-1) ?? 0) - first) / 1_000;
      const perSecond = new Map<number, number>();
      for (const at of cameAt) {
        const second = Math.floor((at - first) / 1_000);
        perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
      }
      const fullest = Math.max(...perSecond.values());
      ratios.push(fullest / (clients / seconds));
    }
    expect(Math.max(...ratios)).toBeLessThan(2);
  });

  test("never goes past the longest wait, and is no reason to hurry", () => {
    expect(backoffMs(1, DEFAULT_BACKOFF, most, 600_000)).toBe(19_999);
    expect(backoffMs(2, DEFAULT_BACKOFF, 0, 600_000)).toBe(20_000);
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
