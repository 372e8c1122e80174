import { describe, expect, it } from "vitest";
import type { Identity } from "./connection.js";
import { examine, resolveHeartbeat } from "./heartbeat.js";

const settings = { intervalMs: 25_000, timeoutMs: 8_000 };
const anonymous: Identity = { status: "anonymous" };

function look(
  now: number,
  { identity = anonymous, pingedAt }: { identity?: Identity; pingedAt?: number } = {},
) {
  return examine({ heardAt: 0, pingedAt, identity }, now, settings);
}

describe("a look at a connection", () => {
  it("leaves a peer alone until the interval has passed, and says when that is", () => {
    expect(look(24_999)).toEqual({ is: "well", until: 25_000 });
  });

  it("asks a silent peer once for a sign of life", () => {
    expect(look(25_000)).toEqual({ is: "silent" });
    expect(look(25_000, { pingedAt: 25_000 })).toEqual({ is: "well", until: 33_000 });
  });

  it("gives a peer up after interval and timeout, not a millisecond before (F13)", () => {
    expect(look(32_999, { pingedAt: 25_000 })).toEqual({ is: "well", until: 33_000 });
    expect(look(33_000, { pingedAt: 25_000 })).toMatchObject({ is: "over", code: 4000 });
  });

  it("gives nobody up who was not asked, however late the look is (F13)", () => {
    expect(look(90_000)).toEqual({ is: "silent" });
    expect(look(90_000, { pingedAt: 90_000 })).toEqual({ is: "well", until: 98_000 });
  });

  it.each(["unproven", "proving"] as const)(
    "ends one that is %s at its deadline (A13)",
    (status) => {
      const identity: Identity = { status, deadline: 3_000, known: undefined };
      expect(look(2_999, { identity })).toEqual({ is: "well", until: 3_000 });
      expect(look(3_000, { identity })).toMatchObject({ is: "over", code: 4501 });
    },
  );

  it("ends one whose token expired with a code that asks for a new one (A18)", () => {
    const identity: Identity = { status: "known", principal: { userId: "u", expiresAt: 5_000 } };
    expect(look(4_999, { identity })).toEqual({ is: "well", until: 5_000 });
    expect(look(5_000, { identity })).toMatchObject({ is: "over", code: 4005 });
  });
});

describe("a look at a token that is being checked", () => {
  it("comes back soon, for a check that fails leaves the old deadline in force", () => {
    const known = { userId: "u", expiresAt: 5_000 };
    const identity: Identity = { status: "proving", deadline: Number.POSITIVE_INFINITY, known };
    expect(look(4_500, { identity })).toEqual({ is: "well", until: 5_500 });
  });
});

describe("heartbeat settings", () => {
  it("default to 25 s and 8 s", () => {
    expect(resolveHeartbeat()).toEqual(settings);
  });

  it("name the one that cannot be meant", () => {
    expect(() => resolveHeartbeat({ timeoutMs: 0 })).toThrow(/heartbeat\.timeoutMs/);
  });
});
