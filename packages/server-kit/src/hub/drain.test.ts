import { defineContract, log } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createHub } from "./create-hub.js";
import type { CloseOptions } from "./drain.js";

const contract = defineContract({
  channels: { log: log("log", z.number(), { history: { size: 10, ttl: "1h" } }) },
});

async function setUp(clients: number) {
  const clock = fakeClock(0);
  let roll = 0;
  const hub = createHub({ contract, clock, random: () => (roll = (roll + 0.125) % 1) });
  const sockets = await Promise.all(Array.from({ length: clients }, () => fakeClient(hub.gate)));
  await settled();
  /** Closes the hub, and lets so much time pass while it does. */
  const goDown = async (options: CloseOptions, ms: number) => {
    const closing = hub.close(options);
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await settled();
    }
    return closing;
  };
  const delays = () =>
    sockets.flatMap((socket) => socket.got("goaway").map((told) => told.reconnectAfterMs));
  return { clock, hub, sockets, goDown, delays };
}

describe("a hub that goes down", () => {
  it("tells each client a delay of its own within the time it has, and closes all within it", async () => {
    const { sockets, goDown, delays } = await setUp(8);
    const done = goDown({ drainWithin: "4s" }, 6_000);
    await done;
    expect(delays().toSorted((a, b) => a - b)).toEqual([
      0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500,
    ]);
    for (const { ending } of sockets) expect(ending).toMatchObject({ code: 1012 });
  });

  it("asks nobody back before its successor is there, when it is told how long that takes", async () => {
    const { goDown, delays } = await setUp(8);
    await goDown({ drainWithin: "4s", backAfter: "2s" }, 6_000);
    expect(Math.min(...delays())).toBe(6_000);
    expect(Math.max(...delays())).toBe(9_500);
  });

  it("first fails its health, and goes on as if nothing were until that has been noticed", async () => {
    const { clock, hub, sockets, goDown, delays } = await setUp(2);
    expect(hub.health().ok).toBe(true);
    const done = goDown({ drainWithin: 100, noticeFor: "2s" }, 4_000);
    expect(hub.health()).toMatchObject({ ok: false, draining: true });
    while (clock.now() < 1_500) await settled();
    expect(delays()).toEqual([]);
    await expect(fakeClient(hub.gate)).resolves.toBeDefined();
    while (clock.now() < 2_050) await settled();
    expect(delays()).toHaveLength(2);
    await expect(fakeClient(hub.gate)).rejects.toThrow(/503/);
    await done;
    for (const { ending } of sockets) expect(ending).toMatchObject({ code: 1012 });
  });

  it("names a time it cannot read", () => {
    const hub = createHub({ contract });
    expect(() => hub.close({ backAfter: -1 })).toThrow(/-1/);
  });
});
