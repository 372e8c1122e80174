import { expect } from "vitest";
import type { Effect, Input, State, Surroundings, Timer } from "../../src/connection/state.js";
import { step } from "../../src/connection/step.js";
import { RequestError } from "../../src/errors.js";

/** One socket as the world sees it: dialled, then open, then gone. */
interface WorldSocket {
  readonly generation: number;
  status: "dialling" | "open" | "gone";
  greeted: boolean;
}

/** What the server and the token callback still owe an answer to. */
interface Owed {
  fetches: number[];
  auths: number[];
}

const HEARTBEAT = { intervalMs: 25_000, timeoutMs: 8_000 };

/**
 * Everything around `step`: the socket, the timers and the token callback, and the rules that no step may break.
 * Only what can happen can be made to happen; how late or in which order is up to the test.
 */
export function stepWorld(terms: Partial<Pick<Surroundings, "token" | "maxAttempts">> = {}) {
  const { token = "none", maxAttempts = Number.POSITIVE_INFINITY } = terms;
  const timers = new Map<Timer, number>();
  const owed: Owed = { fetches: [], auths: [] };
  let state: State = { status: "idle", generation: 0, attempt: 0 };
  let socket: WorldSocket | undefined;
  let now = 1_000;
  let heardAt = 0;
  let dials = 0;
  let up = false;

  function tell(input: Input, roll = 0.5): void {
    const before = state;
    const [after, ...effects] = step(before, input, {
      now,
      roll,
      heardAt,
      token,
      backoff: { baseMs: 500, maxMs: 20_000 },
      maxAttempts,
      connectTimeoutMs: 15_000,
    });
    state = after;
    checkMove(before, input, after, effects);
    if (after.status !== before.status || after.generation !== before.generation) timers.clear();
    for (const effect of effects) run(effect, after);
    expect(up, "up and live are the same").toBe(after.status === "live");
    const wantsSocket = after.status === "live" || after.status === "connecting";
    if (!wantsSocket) expect(socket, `no socket while ${after.status}`).toBeUndefined();
  }

  function run(effect: Effect, after: State): void {
    switch (effect.do) {
      case "fetchToken":
        expect(token).not.toBe("none");
        owed.fetches.push(after.generation);
        return;
      case "dial":
        expect(socket, "never two sockets").toBeUndefined();
        socket = { generation: after.generation, status: "dialling", greeted: false };
        dials += 1;
        return;
      case "auth":
        expect(socket?.status, "auth goes out on an open socket").toBe("open");
        owed.auths.push(after.generation);
        return;
      case "ping":
        expect(socket?.status, "a ping goes out on an open socket").toBe("open");
        return;
      case "sleep":
        expect(Number.isFinite(effect.ms) && effect.ms >= 0).toBe(true);
        timers.set(effect.timer, now + effect.ms);
        return;
      case "abandon":
        socket = undefined;
        return;
      case "up":
        expect(up).toBe(false);
        expect(socket?.status, "up on an open socket").toBe("open");
        up = true;
        return;
      case "down":
        expect(effect.final).toBe(after.status === "stopped" || after.status === "closed");
        up = false;
        return;
      case "report":
        return;
      default:
        effect satisfies never;
    }
  }

  const world = {
    tell,
    get state() {
      return state;
    },
    get socket() {
      return socket;
    },
    get dials() {
      return dials;
    },
    get now() {
      return now;
    },
    owed,
    timers,
    /** Lets time pass without anything running, as on a frozen page. */
    pass(ms: number) {
      now += ms;
    },
    /** Runs the timer that is due next, at its time or, when that has passed, now. */
    fire(timer: Timer): boolean {
      const at = timers.get(timer);
      if (at === undefined) return false;
      timers.delete(timer);
      now = Math.max(now, at);
      tell({ type: "timer", timer });
      return true;
    },
    opened() {
      if (socket?.status !== "dialling") return;
      socket.status = "open";
      heardAt = now;
      tell({ type: "opened", generation: socket.generation });
    },
    greeted() {
      if (socket?.status !== "open" || socket.greeted) return;
      socket.greeted = true;
      heardAt = now;
      const { generation } = socket;
      tell({ type: "connected", generation, heartbeat: HEARTBEAT, timestamp: now });
    },
    tokenCame(fails = false) {
      const generation = owed.fetches.shift();
      if (generation === undefined) return;
      const error = new RequestError("no token", "unavailable");
      tell(
        fails
          ? { type: "token-failed", generation, error }
          : { type: "token", generation, token: "t" },
      );
    },
    authAnswered(how: "yes" | "no" | "later" = "yes") {
      const generation = owed.auths.shift();
      if (generation === undefined || socket?.status !== "open") return;
      heardAt = now;
      if (how === "yes") tell({ type: "authenticated", generation, expiresAt: now + 600_000 });
      else {
        const error = new RequestError("no", how === "no" ? "unauthenticated" : "unavailable");
        tell({ type: "refused", generation, error });
      }
    },
    heard() {
      if (socket?.status === "open") heardAt = now;
    },
    lost(code = 1006) {
      if (!socket) return;
      socket.status = "gone";
      tell({ type: "lost", generation: socket.generation, code, reason: "" });
    },
    broken() {
      if (socket?.status !== "dialling") return;
      socket.status = "gone";
      const error = new RequestError("no such url", "x");
      tell({ type: "broken", generation: socket.generation, error });
    },
    /** Everybody answers everything, and timers run in their order, until the connection is live or will never be. */
    settle(rounds = 40) {
      for (let round = 0; round < rounds; round += 1) {
        world.tokenCame();
        world.opened();
        world.greeted();
        world.authAnswered();
        world.heard();
        const over = state.status === "stopped" || state.status === "closed";
        if (over || state.status === "idle" || calm()) return;
        const [next] = [...timers].sort(([, a], [, b]) => a - b);
        if (next && state.status !== "connecting") world.fire(next[0]);
      }
    },
  };

  /** Live, and no ping that waits for an answer. */
  function calm(): boolean {
    return state.status === "live" && !(state.probedAt !== undefined && heardAt < state.probedAt);
  }
  return world;
}

export type StepWorld = ReturnType<typeof stepWorld>;

/** What holds for every step, whatever led to it. */
function checkMove(before: State, input: Input, after: State, effects: readonly Effect[]): void {
  if (before.status === "closed") expect([after, ...effects]).toEqual([before]);
  if (input.type === "close") expect(after.status).toBe("closed");
  if (before.status === "stopped" && !["connect", "renew", "close"].includes(input.type)) {
    expect(after.status, `${input.type} does not revive a stopped client`).toBe("stopped");
    expect(effects).toEqual([]);
  }
  if ("generation" in input && input.generation !== before.generation) {
    expect([after, ...effects], "news of a given-up attempt").toEqual([before]);
  }
  expect(after.generation).toBeGreaterThanOrEqual(before.generation);
  const retries = effects.filter((effect) => effect.do === "sleep" && effect.timer === "retry");
  if (after.status === "waiting" && before.status !== "waiting") expect(retries).toHaveLength(1);
  if (retries.length > 0) {
    // a wait while live is the server's wish that we move, never a backoff
    expect(after.status === "waiting" || (after.status === "live" && input.type === "hint")).toBe(
      true,
    );
  }
}
