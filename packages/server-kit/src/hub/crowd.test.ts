import { defineContract, log } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fakeClient, settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import type { FakeSocket } from "../testing/fake-socket.js";
import { createHub } from "./create-hub.js";

const contract = defineContract({
  channels: { log: log("log", z.number(), { history: { size: 10, ttl: "1h" } }) },
});

/** A hub, and a crowd that comes all at once and lets time pass until everybody has an answer. */
function setUp(limits: { connectsPerSecond: number; connections?: number }) {
  const clock = fakeClock(0);
  const hub = createHub({ contract, clock, limits: { connectionsPerAddress: 100_000, ...limits } });
  const cameAt: number[] = [];
  const refused: string[] = [];
  async function crowd(count: number): Promise<FakeSocket[]> {
    const clients: FakeSocket[] = [];
    const coming = Array.from({ length: count }, () =>
      fakeClient(hub.gate).then(
        (client) => {
          cameAt.push(clock.now());
          clients.push(client);
        },
        (error: unknown) => void refused.push(String(error)),
      ),
    );
    for (let ms = 0; ms < 6_000; ms += 50) {
      await settled();
      clock.advance(50);
    }
    await Promise.all(coming);
    return clients;
  }
  return { clock, hub, crowd, cameAt, refused };
}

const spreadOf = (client: FakeSocket) =>
  [...client.got("connected"), ...client.got("pong")].map(
    ({ reconnectWithinMs }) => reconnectWithinMs,
  );

describe("a crowd at the door", () => {
  it("is let in at a steady pace, in a second no more than wanted and a tenth (F14)", async () => {
    const { crowd, cameAt, hub } = setUp({ connectsPerSecond: 100 });
    await crowd(400);
    expect(hub.connections.size).toBe(400);
    for (const from of cameAt) {
      const within = cameAt.filter((at) => at >= from && at < from + 950).length;
      expect(within).toBeLessThanOrEqual(111);
    }
  });

  it("is turned away with 503 where it would wait longer than 5 s, and its places are free again", async () => {
    const { crowd, refused, hub } = setUp({ connectsPerSecond: 20, connections: 150 });
    await crowd(140);
    expect(hub.connections.size).toBe(20 * 5 + 3);
    expect(refused).toHaveLength(37);
    expect(refused[0]).toMatch(/503/);
    await crowd(47);
    expect(hub.connections.size).toBe(150);
  });

  it("that still waits when the hub goes down gets 503, and holds no place", async () => {
    const { clock, hub } = setUp({ connectsPerSecond: 10, connections: 5 });
    const waiting = Array.from({ length: 4 }, () => fakeClient(hub.gate).catch(String));
    await settled();
    const closing = hub.close({ drainWithin: 0 });
    for (let ms = 0; ms < 3_000; ms += 50) {
      clock.advance(50);
      await settled();
    }
    expect((await Promise.all(waiting)).slice(2)).toEqual([
      expect.stringMatching(/503/),
      expect.stringMatching(/503/),
    ]);
    await closing;
  });
});

describe("what clients are told about coming back (F14)", () => {
  it("is nothing where they are few", async () => {
    const { crowd } = setUp({ connectsPerSecond: 1_000 });
    const clients = await crowd(100);
    expect(new Set(clients.flatMap(spreadOf))).toEqual(new Set([undefined]));
  });

  it("is twice as long as it takes to let them in, soon after the last of them came", async () => {
    const { crowd, clock } = setUp({ connectsPerSecond: 100 });
    const clients = await crowd(400);
    clock.advance(6_000);
    await settled();
    for (const client of clients) {
      expect(client.sent[0]?.type).toBe("connected");
      expect(spreadOf(client).at(-1)).toBeGreaterThan(5_200);
    }
    expect(spreadOf(clients.at(-1) as FakeSocket)).toEqual([8_000]);
  });

  it("is taken back when most of them have gone", async () => {
    const { crowd, clock } = setUp({ connectsPerSecond: 100 });
    const clients = await crowd(400);
    clock.advance(6_000);
    const [stays, ...others] = clients as [FakeSocket, ...FakeSocket[]];
    for (const other of others) other.hangUp();
    stays.receive({ type: "ping" });
    await settled();
    clock.advance(30_000);
    await settled();
    expect(spreadOf(stays).at(-1)).toBe(0);
  });
});
