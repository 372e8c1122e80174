import { describe, expect, it } from "vitest";
import type { HeartbeatSettings } from "../connection/heartbeat.js";
import { fakeClock } from "../testing/fake-clock.js";
import { fakeConnection } from "../testing/fake-connection.js";
import { startWatch, TICK_MS } from "./watch.js";

function start(heartbeat: HeartbeatSettings = { intervalMs: 25_000, timeoutMs: 8_000 }) {
  const clock = fakeClock(0);
  const closed: { readonly id: string; readonly code: number; readonly at: number }[] = [];
  let looks = 0;
  const watch = startWatch({
    clock,
    heartbeat,
    close: ({ id }, code) => closed.push({ id, code, at: clock.now() }),
    onLook: () => {
      looks += 1;
    },
  });
  return { clock, watch, closed, looks: () => looks };
}

describe("the watch over connections", () => {
  it.each([
    [25_000, 8_000],
    [1_000, 1_000],
    [300, 100],
    [1_000, 30],
  ])(
    "asks a silent peer after %i ms and gives it up %i ms later, a tick late at most (F13)",
    (intervalMs, timeoutMs) => {
      const { clock, watch, closed } = start({ intervalMs, timeoutMs });
      const silent = fakeConnection();
      watch.keep(silent);
      clock.advance(intervalMs - 1);
      expect(silent.socket.pings).toBe(0);
      clock.advance(1 + TICK_MS);
      expect(silent.socket.pings).toBe(1);
      clock.advance(timeoutMs + TICK_MS);
      expect(closed).toMatchObject([{ code: 4000 }]);
      expect(closed[0]?.at).toBeGreaterThanOrEqual(intervalMs + timeoutMs);
    },
  );

  it("leaves a peer alone that answers, and asks again an interval later", () => {
    const { clock, watch, closed } = start();
    const peer = fakeConnection();
    watch.keep(peer);
    for (let round = 1; round <= 5; round += 1) {
      clock.advance(25_000 + TICK_MS);
      expect(peer.socket.pings).toBe(round);
      peer.heardAt = clock.now();
      peer.pingedAt = undefined;
    }
    expect(closed).toEqual([]);
  });

  it("looks at one that talks all the time no more than once in an interval", () => {
    const { clock, watch, looks } = start();
    const busy = fakeConnection();
    watch.keep(busy);
    for (let ms = 0; ms < 250_000; ms += 100) {
      busy.heardAt = clock.now();
      clock.advance(100);
    }
    expect(busy.socket.pings).toBe(0);
    expect(looks()).toBeLessThanOrEqual(13);
  });

  it("has one timer for all, and none for nobody", () => {
    const { clock, watch } = start();
    const connections = Array.from({ length: 100 }, () => fakeConnection());
    for (const connection of connections) {
      watch.keep(connection);
      clock.advance(7);
    }
    expect(clock.pending).toBe(1);
    for (const connection of connections) watch.drop(connection);
    expect(watch.size).toBe(0);
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });

  it("meets a deadline that moves closer when it is told of it (A18)", () => {
    const { clock, watch, closed } = start();
    const connection = fakeConnection({ identity: { status: "unproven", deadline: 3_000 } });
    watch.keep(connection);
    connection.identity = { status: "known", principal: { userId: "u", expiresAt: 1_000 } };
    watch.keep(connection);
    clock.advance(1_000);
    expect(closed).toMatchObject([{ code: 4005, at: 1_000 }]);
  });

  it("reads what arrived while the process stood still before it calls anybody silent", () => {
    const timers: { readonly due: number; readonly task: () => void }[] = [];
    let now = 0;
    const closed: string[] = [];
    const watch = startWatch({
      clock: {
        now: () => now,
        after(ms, task) {
          const timer = { due: now + ms, task };
          timers.push(timer);
          return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
        },
      },
      heartbeat: { intervalMs: 1_000, timeoutMs: 1_000 },
      close: ({ id }) => closed.push(id),
      onLook: () => {},
    });
    const [quick, gone] = [fakeConnection({ id: "quick" }), fakeConnection({ id: "gone" })];
    watch.keep(quick);
    watch.keep(gone);
    const wake = () => timers.shift()?.task();
    now = 1_000;
    wake();
    expect([quick.pingedAt, gone.pingedAt]).toEqual([1_000, 1_000]);
    now = 60_000; // stopped and continued: the timer runs before the socket is read
    wake();
    expect(closed).toEqual([]);
    quick.heardAt = now;
    quick.pingedAt = undefined;
    now += TICK_MS;
    wake();
    expect(closed).toEqual(["gone"]);
  });
});
