import type { ChannelRef } from "@tocsin/protocol";
import { market } from "@tocsin-example/alert-contract";
import { describe, expect, it } from "vitest";
import { missingChannel } from "./channels/known-channels.js";
import { createBook } from "./market/book.js";
import { INDEX } from "./market/instruments.js";
import { createAuthorize, issueSession, sessionAuthenticate } from "./session.js";

const progress = {
  taskId: "t1",
  kind: "import",
  done: 0,
  total: 0,
  state: "running",
  message: "",
} as const;

const authorize = createAuthorize({
  tasks: { progress: (userId, id) => (userId === "ada" && id === "t1" ? progress : undefined) },
  missing: missingChannel({
    book: createBook([INDEX]),
    chains: { underlyings: ["SPX"] },
    members: async (name) => (["momentum", "ada~mine"].includes(name) ? [] : undefined),
  }),
});

const ask = (userId: string, channel: ChannelRef) =>
  authorize({ principal: { userId }, action: "subscribe", channel });

describe("createAuthorize", () => {
  const owned: readonly (readonly [string, ChannelRef])[] = [
    ["inbox", market.alerts({ userId: "ada" })],
    ["portfolio", market.portfolio({ userId: "ada" })],
    ["task", market.task({ taskId: "t1" })],
    ["strategy", market.strategy({ name: "ada~mine" })],
  ];

  it.each(owned)("keeps the %s of a user to its owner", async (_what, channel) => {
    expect(await ask("ada", channel)).toBe(true);
    expect(await ask("bob", channel)).toBe("this is somebody else's");
    expect(await authorize({ principal: undefined, action: "history", channel })).toBe(
      "this is somebody else's",
    );
  });

  it.each([
    market.price({ code: "SPX" }),
    market.board({ board: "index" }),
    market.candles({ code: "SPX", interval: "5m" }),
    market.chain({ underlying: "SPX" }),
    market.strategy({ name: "momentum" }),
    market.desk({ code: "SPX" }),
    market.overview(),
    market.news(),
    market.service(),
  ])("lets everybody who is signed in read $name", async (channel) => {
    expect(await ask("bob", channel)).toBe(true);
  });

  it.each([
    [market.price({ code: "TULIP" }), "there is no symbol TULIP; GET /api/symbols lists them"],
    [market.desk({ code: "TULIP" }), "there is no symbol TULIP; GET /api/symbols lists them"],
    [market.board({ board: "mars" }), "there is no board mars; there are all, index"],
    [
      market.candles({ code: "SPX", interval: "7m" }),
      "there are no bars of 7m; take 1m, 5m, 1h, 1d",
    ],
    [market.chain({ underlying: "IBM" }), "there are no options on IBM; only on SPX"],
    [market.strategy({ name: "greed" }), "there is no strategy greed"],
  ])("says why there is no $name", async (channel, why) => {
    expect(await ask("ada", channel)).toBe(why);
  });

  it("lets a client publish where it points, under its own name, and nothing else", async () => {
    const publish = (channel: ChannelRef, data: unknown) =>
      authorize({ principal: { userId: "ada" }, action: "publish", channel, data });
    const desk = market.desk({ code: "SPX" });
    expect(await publish(desk, { userId: "ada" })).toBe(true);
    const foreign = "a pointer carries the userId of whoever points";
    for (const data of [{ userId: "bob" }, {}, null, "ada", { userId: undefined }]) {
      expect(await publish(desk, data)).toBe(foreign);
    }
    for (const [, channel] of owned) {
      expect(await publish(channel, { userId: "ada" })).toBe(
        "clients publish on desk channels only",
      );
    }
  });

  it("lets whoever is signed in call methods", async () => {
    const call = { action: "call", method: "setRunning", params: {} } as const;
    expect(await authorize({ principal: { userId: "ada" }, ...call })).toBe(true);
    expect(await authorize({ principal: undefined, ...call })).toBe(false);
  });
});

describe("sessions", () => {
  const secret = new TextEncoder().encode("s".repeat(32));
  const request = { path: "/ws", headers: {}, remoteAddress: "::1" };

  it("are good for a quarter of an hour, and with the secret they were made with", async () => {
    const session = await issueSession(secret, "ada", 1_000_000);
    const at = (now: number, key = secret) =>
      sessionAuthenticate(key, () => now)({ token: session.token, request });
    expect(session.expiresAt).toBe(1_900_000);
    expect(await at(1_000_000)).toMatchObject({ userId: "ada", expiresAt: 1_900_000 });
    expect(await at(1_901_000)).toBeNull();
    expect(await at(1_000_000, new TextEncoder().encode("x".repeat(32)))).toBeNull();
  });
});
