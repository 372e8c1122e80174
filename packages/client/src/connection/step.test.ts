import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { HeartbeatTimeoutError, RequestError, TokenError } from "../errors.js";
import type { Effect, Input, State, Surroundings } from "./state.js";
import { PROBE_MS, STABLE_MS, step } from "./step.js";

// a busy machine takes its time over some hundred stories
vi.setConfig({ testTimeout: 60_000 });

const HEARTBEAT = { intervalMs: 25_000, timeoutMs: 8_000 };
const IDLE: State = { status: "idle", generation: 0, attempt: 0 };

const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  now: 0,
  roll: 0.5,
  heardAt: 0,
  token: "none",
  backoff: { baseMs: 500, maxMs: 20_000 },
  maxAttempts: Number.POSITIVE_INFINITY,
  connectTimeoutMs: 15_000,
  ...more,
});

/** Runs inputs one after the other; the generation of tagged ones is the current one unless given. */
function play(from: State, inputs: readonly Untagged[], at: Surroundings = around()) {
  let state = from;
  let effects: Effect[] = [];
  for (const input of inputs) {
    [state, ...effects] = step(state, { generation: state.generation, ...input } as Input, at);
  }
  return { state, effects, did: effects.map((effect) => effect.do) };
}
type Untagged = Input extends infer I ? (I extends Input ? Omit<I, "generation"> : never) : never;

const connected = { type: "connected", heartbeat: HEARTBEAT, timestamp: 0 } as const;
const opened = { type: "opened" } as const;
const lost = (code = 1006) => ({ type: "lost", code, reason: "" }) as const;
const live = (at = around()) =>
  at.token === "none"
    ? play(IDLE, [{ type: "need" }, opened, connected], at).state
    : play(
        IDLE,
        [
          { type: "need" },
          { type: "token", token: "t" },
          opened,
          connected,
          { type: "authenticated" },
        ],
        at,
      ).state;

describe("a first connect", () => {
  test("dials, greets and is up; a need of one that exists changes nothing", () => {
    const first = play(IDLE, [{ type: "need" }]);
    expect(first.did).toEqual(["sleep", "dial"]);
    expect(play(first.state, [{ type: "need" }]).did).toEqual([]);
    const up = play(first.state, [opened, connected]);
    expect(up.state.status).toBe("live");
    expect(up.did).toEqual(["sleep", "up"]);
  });

  test("fetches a token first, authenticates on open and is up only when both answers are there", () => {
    const at = around({ token: "renewable" });
    const asked = play(IDLE, [{ type: "need" }], at);
    expect(asked.did).toEqual(["sleep", "fetchToken"]);
    const open = play(asked.state, [{ type: "token", token: "t" }, opened], at);
    expect(open.effects).toEqual([{ do: "auth", token: "t" }]);
    const one = play(open.state, [{ type: "authenticated" }], at);
    expect(one.state.status).toBe("connecting");
    expect(play(one.state, [connected], at).state.status).toBe("live");
  });

  test("gives up after maxAttempts", () => {
    const at = around({ maxAttempts: 2 });
    const once = play(IDLE, [{ type: "need" }, lost()], at);
    expect(once.state).toMatchObject({ status: "waiting", attempt: 1 });
    const twice = play(once.state, [{ type: "timer", timer: "retry" }, lost()], at);
    expect(twice.state.status).toBe("stopped");
    expect(twice.effects).toContainEqual({ do: "down", error: expect.anything(), final: true });
  });

  test("that does not get there in time is given up, whatever it waits for", () => {
    const at = around({ token: "renewable" });
    const late = play(IDLE, [{ type: "need" }, { type: "timer", timer: "deadline" }], at);
    expect(late.state).toMatchObject({ status: "waiting", error: { name: "ConnectTimeoutError" } });
  });
});

describe("the wait after a failure", () => {
  test("is exponential with full jitter, and starts anew after a stable connection (E9)", () => {
    const waits = [];
    let state: State = IDLE;
    for (let n = 0; n < 8; n += 1) {
      const failed = play(state, [{ type: n ? "connect" : "need" }, lost()]);
      state = failed.state;
      waits.push(failed.effects.find((effect) => effect.do === "sleep")?.ms);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    const back = play(state, [{ type: "connect" }, opened, connected]).state;
    expect(play(back, [lost()], around({ now: STABLE_MS - 1 })).state.attempt).toBe(9);
    expect(play(back, [lost()], around({ now: STABLE_MS })).state.attempt).toBe(1);
  });

  test("is the server's where it gave one, and a wake-up does not cut that short", () => {
    const { state } = play(live(), [{ type: "hint", ms: 7_000, leave: false }, lost(4029)]);
    expect(state).toMatchObject({ status: "waiting", retryAt: 7_000, by: "server" });
    expect(play(state, [{ type: "wake" }]).state).toBe(state);
    expect(play(state, [{ type: "timer", timer: "retry" }]).state.status).toBe("connecting");
  });

  test("of our own ends when the page wakes up", () => {
    const { state } = play(live(), [lost()]);
    expect(play(state, [{ type: "wake" }]).state.status).toBe("connecting");
  });

  test("does not grow with restarts of the server", () => {
    let state = live();
    for (let n = 0; n < 5; n += 1) {
      state = play(state, [lost(1012), { type: "timer", timer: "retry" }, opened, connected]).state;
    }
    expect(state.attempt).toBe(1);
  });
});

describe("close codes", () => {
  test("of the fatal kind stop, and nothing but a connect or a new token starts again (E27)", () => {
    const { state } = play(live(), [lost(4503)]);
    expect(state).toMatchObject({ status: "stopped", error: { code: 4503, retryable: false } });
    expect(play(state, [{ type: "wake" }, { type: "need" }]).state).toBe(state);
    expect(play(state, [{ type: "connect" }]).state.status).toBe("connecting");
    expect(play(state, [{ type: "renew" }]).state.status).toBe("connecting"); // C9
  });

  test("4005 comes back at once with a new token, the second time in a row with a backoff", () => {
    const at = around({ token: "renewable" });
    const first = play(live(at), [lost(4005)], at);
    expect(first.state).toMatchObject({ status: "waiting", retryAt: 0 });
    const again = play(first.state, [{ type: "timer", timer: "retry" }], at);
    expect(again.did).toContain("fetchToken");
    const second = play(
      again.state,
      [{ type: "token", token: "t" }, opened, connected, { type: "authenticated" }, lost(4005)],
      at,
    );
    expect(second.state).toMatchObject({ status: "waiting", retryAt: 500 });
  });

  test("4005 stops a client that has only this one token (E14)", () => {
    const at = around({ token: "fixed" });
    expect(play(live(at), [lost(4005)], at).state.status).toBe("stopped");
  });
});

describe("a silent socket", () => {
  test("is asked after the interval and abandoned after the timeout (E8, F13)", () => {
    const asked = play(live(), [{ type: "timer", timer: "beat" }], around({ now: 25_000 }));
    expect(asked.effects).toEqual([{ do: "ping" }, { do: "sleep", timer: "beat", ms: 8_000 }]);
    const dead = play(asked.state, [{ type: "timer", timer: "beat" }], around({ now: 33_000 }));
    expect(dead.state).toMatchObject({
      status: "waiting",
      error: expect.any(HeartbeatTimeoutError),
    });
    expect(dead.effects[0]).toEqual({ do: "abandon", polite: false });
  });

  test("lives on any frame", () => {
    const asked = play(live(), [{ type: "timer", timer: "beat" }], around({ now: 25_000 }));
    const heard = around({ now: 33_000, heardAt: 26_000 });
    const fine = play(asked.state, [{ type: "timer", timer: "beat" }], heard);
    expect(fine.effects).toEqual([{ do: "sleep", timer: "beat", ms: 18_000 }]);
  });

  test("is not taken for dead by a page that was frozen: it is asked first (E29)", () => {
    const thawed = play(live(), [{ type: "timer", timer: "beat" }], around({ now: 3_600_000 }));
    expect(thawed.did).toEqual(["ping", "sleep"]);
  });

  test("is asked at once when the page wakes up, with little patience", () => {
    const woken = play(live(), [{ type: "wake" }], around({ now: 9_000 }));
    expect(woken.effects).toEqual([{ do: "ping" }, { do: "sleep", timer: "beat", ms: PROBE_MS }]);
    const dead = play(woken.state, [{ type: "timer", timer: "beat" }], around({ now: 12_000 }));
    expect(dead.state.status).toBe("waiting");
  });
});

describe("tokens", () => {
  const at = around({ token: "renewable" });

  test("are renewed in place at 80 % of their life on the server's clock", () => {
    const greeted = play(
      IDLE,
      [
        { type: "need" },
        { type: "token", token: "t" },
        opened,
        { ...connected, timestamp: 1_000_000 },
        { type: "authenticated", expiresAt: 1_100_000 },
      ],
      at,
    );
    expect(greeted.effects).toContainEqual({ do: "sleep", timer: "refresh", ms: 80_000 });
    expect(play(greeted.state, [{ type: "timer", timer: "refresh" }], at).did).toEqual([
      "fetchToken",
    ]);
    const fresh = play(greeted.state, [{ type: "token", token: "u" }], at);
    expect(fresh.effects).toEqual([{ do: "auth", token: "u" }]);
  });

  test("whose callback fails are asked for again, connected or not (E15)", () => {
    const error = new TokenError("down");
    const early = play(IDLE, [{ type: "need" }, { type: "token-failed", error }], at);
    expect(early.state).toMatchObject({ status: "waiting", error });
    const late = play(live(at), [{ type: "token-failed", error }], at);
    expect(late.state.status).toBe("live");
    expect(late.effects).toEqual([
      { do: "sleep", timer: "refresh", ms: 250 },
      { do: "report", error },
    ]);
  });

  test("that cannot be checked now are tried again, those that do not verify stop", () => {
    const start = play(IDLE, [{ type: "need" }, { type: "token", token: "t" }, opened], at).state;
    const busy = new RequestError("later", "unavailable", undefined, 3_000);
    expect(
      play(start, [{ type: "refused", error: busy, retryAfterMs: 3_000 }], at).state,
    ).toMatchObject({ status: "waiting", retryAt: 3_000 });
    const bad = new RequestError("no", "unauthenticated");
    expect(play(start, [{ type: "refused", error: bad }], at).state.status).toBe("stopped");
  });

  test("given while connecting with an older one start a new attempt", () => {
    const start = play(IDLE, [{ type: "need" }, { type: "token", token: "old" }, opened], at).state;
    const { state, did } = play(start, [{ type: "renew" }], at);
    expect(state.generation).toBe(start.generation + 1);
    expect(did).toEqual(["abandon", "sleep", "fetchToken"]);
    expect(step(state, { type: "token", generation: start.generation, token: "old" }, at)).toEqual([
      state,
    ]);
  });
});

test("a goaway makes the client move at its own time, or earlier if the socket closes first", () => {
  const noted = play(live(), [{ type: "hint", ms: 4_000, leave: true }]);
  expect(noted.effects).toEqual([{ do: "sleep", timer: "retry", ms: 4_000 }]);
  const moved = play(noted.state, [{ type: "timer", timer: "retry" }]);
  expect(moved.state).toMatchObject({ status: "connecting", attempt: 0 });
  expect(moved.did).toEqual(["abandon", "down", "sleep", "dial"]);
  const closed = play(noted.state, [lost(1012)], around({ now: 1_000 }));
  expect(closed.state).toMatchObject({ status: "waiting", retryAt: 4_000 });
});

describe("whatever happens in whatever order", () => {
  const generation = fc.nat(6);
  const error = new RequestError("x", "unavailable");
  const input: fc.Arbitrary<Input> = fc.oneof(
    fc.constantFrom<Input>(
      { type: "need" },
      { type: "connect" },
      { type: "wake" },
      { type: "renew" },
      { type: "close" },
    ),
    fc.constantFrom("deadline", "retry", "beat", "refresh").map((timer) => ({
      type: "timer" as const,
      timer: timer as "beat",
    })),
    fc.record({ type: fc.constant("token" as const), generation, token: fc.constant("t") }),
    fc.record({
      type: fc.constant("token-failed" as const),
      generation,
      error: fc.constant(error),
    }),
    fc.record({ type: fc.constant("opened" as const), generation }),
    fc.record({ type: fc.constant("broken" as const), generation, error: fc.constant(error) }),
    fc.record({
      type: fc.constant("lost" as const),
      generation,
      code: fc.constantFrom(1000, 1006, 1012, 4005, 4029, 4501),
      reason: fc.constant(""),
    }),
    fc.record({
      type: fc.constant("connected" as const),
      generation,
      heartbeat: fc.constant(HEARTBEAT),
      timestamp: fc.nat(1_000),
    }),
    fc.record({ type: fc.constant("authenticated" as const), generation, expiresAt: fc.nat(1e6) }),
    fc.record({ type: fc.constant("refused" as const), generation, error: fc.constant(error) }),
    fc.record({
      type: fc.constant("hint" as const),
      generation,
      ms: fc.nat(5_000),
      leave: fc.boolean(),
    }),
  );
  const story = fc.record({
    token: fc.constantFrom("none" as const, "fixed" as const, "renewable" as const),
    maxAttempts: fc.constantFrom(2, Number.POSITIVE_INFINITY),
    events: fc.array(
      fc.record({
        input,
        gapMs: fc.nat(40_000),
        roll: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      {
        maxLength: 60,
      },
    ),
  });

  test("there is never a second socket, closed stays closed, and up and down take turns", () => {
    fc.assert(
      fc.property(story, ({ token, maxAttempts, events }) => {
        let state: State = IDLE;
        let sockets = 0;
        let up = false;
        let now = 0;
        for (const { input, gapMs, roll } of events) {
          now += gapMs;
          const before = state;
          // half of the tagged inputs are news of the current attempt, the others of one long gone or never made
          const aimed: Input =
            "generation" in input && roll < 0.7
              ? { ...input, generation: state.generation }
              : input;
          const [after, ...effects] = step(state, aimed, around({ now, roll, token, maxAttempts }));
          state = after;
          for (const effect of effects) {
            if (effect.do === "dial") sockets += 1;
            if (effect.do === "abandon") sockets = 0;
            if (effect.do === "up") {
              expect(up).toBe(false);
              up = true;
            }
            if (effect.do === "down") up = false;
            if (effect.do === "sleep") expect(effect.ms).toBeGreaterThanOrEqual(0);
            expect(sockets).toBeLessThanOrEqual(1);
          }
          if (before.status === "closed") expect([after, ...effects]).toEqual([before]);
          if (aimed.type === "close") expect(after.status).toBe("closed");
          if ("generation" in aimed && aimed.generation !== before.generation) {
            expect(after).toBe(before);
          }
          expect(up).toBe(after.status === "live");
          expect(after.generation).toBeGreaterThanOrEqual(before.generation);
          if (after.status !== "live" && after.status !== "connecting") expect(sockets).toBe(0);
          if (after.status === "waiting") {
            expect(after.retryAt - now).toBeLessThanOrEqual(20_000);
            expect(Number.isFinite(after.retryAt)).toBe(true);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test("a client that is not closed or stopped always waits for something that will come", () => {
    fc.assert(
      fc.property(story, ({ token, events }) => {
        let state: State = IDLE;
        let timers = new Set<string>();
        let now = 0;
        for (const { input, gapMs, roll } of events) {
          now += gapMs;
          // only timers that are set can fire
          if (input.type === "timer" && !timers.has(input.timer)) continue;
          const aimed = "generation" in input ? { ...input, generation: state.generation } : input;
          const [after, ...effects] = step(state, aimed, around({ now, roll, token }));
          if (aimed.type === "timer") timers.delete(aimed.timer);
          if (after.status !== state.status || after.generation !== state.generation)
            timers = new Set();
          for (const effect of effects) if (effect.do === "sleep") timers.add(effect.timer);
          state = after;
          if (state.status === "waiting") expect(timers).toContain("retry");
          if (state.status === "connecting") expect(timers).toContain("deadline");
          if (state.status === "live") expect(timers).toContain("beat");
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a server that asks its clients to spread (F14)", () => {
  const retry = { type: "timer", timer: "retry" } as const;
  const crowded = { ...connected, withinMs: 8_000 };
  const waitOf = (state: State) => (state.status === "waiting" ? state.retryAt : undefined);

  test("is tried at once when it is lost, and with wide waits when it is not there", () => {
    const up = play(IDLE, [{ type: "need" }, opened, crowded]).state;
    const first = play(up, [lost()]).state;
    expect(waitOf(first)).toBe(250);
    const second = play(first, [retry, lost()]).state;
    expect(waitOf(second)).toBe(4_000);
    expect(waitOf(play(second, [retry, lost()]).state)).toBe(7_200);
  });

  test("may say otherwise later, and takes it back with a greeting that does not mention it", () => {
    const up = play(IDLE, [{ type: "need" }, opened, crowded, { type: "spread", withinMs: 2_000 }]);
    const failed = play(up.state, [lost(), retry, lost()]).state;
    expect(waitOf(failed)).toBe(1_000);
    const back = play(failed, [retry, opened, connected]).state;
    expect(play(back, [lost()]).state.withinMs).toBeUndefined();
  });
});
