import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { stepWorld } from "../../test/support/step-world.js";
import { RequestError } from "../errors.js";
import type { Input, State, Timer } from "./state.js";
import { step } from "./step.js";

// a busy machine takes its time over some thousand stories
vi.setConfig({ testTimeout: 60_000 });

const TIMERS: readonly Timer[] = ["deadline", "retry", "beat", "refresh"];
const CODES = [1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4005, 4008, 4029, 4500, 4501, 4503];

type World = ReturnType<typeof stepWorld>;

/** Everything that can happen to a connection, when it can. One line for each input: a new one does not compile. */
const happenings = {
  need: (w) => w.tell({ type: "need" }),
  connect: (w) => w.tell({ type: "connect" }),
  close: (w, roll) => {
    if (roll < 0.1) w.tell({ type: "close" });
  },
  wake: (w) => w.tell({ type: "wake" }),
  renew: (w) => w.tell({ type: "renew" }),
  timer: (w, roll) => {
    const set = TIMERS.filter((timer) => w.timers.has(timer));
    const timer = set[Math.floor(roll * set.length)];
    if (timer) w.fire(timer);
  },
  token: (w) => w.tokenCame(),
  "token-failed": (w) => w.tokenCame(true),
  opened: (w) => w.opened(),
  broken: (w, roll) => {
    if (roll < 0.2) w.broken();
  },
  lost: (w, roll) => w.lost(CODES[Math.floor(roll * CODES.length)]),
  connected: (w) => w.greeted(),
  authenticated: (w) => w.authAnswered("yes"),
  refused: (w, roll) => w.authAnswered(roll < 0.5 ? "no" : "later"),
  hint: (w, roll) => {
    if (w.socket?.status !== "open") return;
    const { generation } = w.socket;
    w.tell({ type: "hint", generation, ms: roll * 5_000, leave: roll < 0.5 });
  },
  spread: (w, roll) => {
    if (w.socket?.status !== "open") return;
    w.tell({ type: "spread", generation: w.socket.generation, withinMs: roll * 30_000 });
  },
} satisfies { readonly [T in Input["type"]]: (world: World, roll: number) => void };

const names = Object.keys(happenings) as (keyof typeof happenings)[];
const rolls = fc.double({ min: 0, max: 0.999, noNaN: true });
const story = fc.record({
  token: fc.constantFrom("none" as const, "fixed" as const, "renewable" as const),
  maxAttempts: fc.constantFrom(2, Number.POSITIVE_INFINITY),
  events: fc.array(
    fc.record({ what: fc.constantFrom(...names), gapMs: fc.nat(40_000), roll: rolls }),
    { maxLength: 80 },
  ),
});

test("in a world that plays by the rules there are never two sockets, nothing is sent on a dead one, and a fatal close is final until somebody asks (E17, E21, E27)", () => {
  const lives = new Set<State["status"]>();
  fc.assert(
    fc.property(story, ({ token, maxAttempts, events }) => {
      const world = stepWorld({ token, maxAttempts });
      for (const { what, gapMs, roll } of events) {
        world.pass(gapMs);
        happenings[what](world, roll);
        lives.add(world.state.status);
      }
      // and from wherever that led, it comes back as soon as everybody answers
      const { status } = world.state;
      world.settle(200);
      if (status === "closed") expect(world.state.status).toBe("closed");
      else if (world.state.status !== "live")
        expect(["idle", "stopped"]).toContain(world.state.status);
      world.tell({ type: "connect" });
      world.settle(200);
      expect(world.state.status).toBe(status === "closed" ? "closed" : "live");
    }),
    { numRuns: 2_000 },
  );
  expect([...lives].sort()).toEqual(["closed", "connecting", "idle", "live", "stopped", "waiting"]);
});

const error = new RequestError("x", "unavailable");
const final = new RequestError("x", "unauthenticated");

const statuses = ["idle", "connecting", "live", "waiting", "stopped", "closed"] as const;

/** Every input there is, with nothing said about whether it can happen. */
const anything = {
  need: fc.constant({ type: "need" }),
  connect: fc.constant({ type: "connect" }),
  close: fc.constant({ type: "close" }),
  wake: fc.constant({ type: "wake" }),
  renew: fc.constant({ type: "renew" }),
  timer: fc.record({ type: fc.constant("timer"), timer: fc.constantFrom(...TIMERS) }),
  token: tagged("token", { token: fc.constant("t") }),
  "token-failed": tagged("token-failed", { error: fc.constant(error) }),
  opened: tagged<"opened", object>("opened", {}),
  broken: tagged("broken", { error: fc.constant(error) }),
  lost: tagged("lost", { code: fc.constantFrom(...CODES), reason: fc.constant("") }),
  connected: tagged("connected", {
    heartbeat: fc.constant({ intervalMs: 25_000, timeoutMs: 8_000 }),
    timestamp: fc.nat(1_000),
  }),
  authenticated: tagged("authenticated", {
    expiresAt: fc.option(fc.nat(1e6), { nil: undefined }),
  }),
  refused: tagged("refused", {
    error: fc.constantFrom(error, final),
    retryAfterMs: fc.option(fc.nat(9_000), { nil: undefined }),
  }),
  hint: tagged("hint", { ms: fc.nat(5_000), leave: fc.boolean() }),
  spread: tagged("spread", { withinMs: fc.nat(30_000) }),
} satisfies { readonly [T in Input["type"]]: fc.Arbitrary<{ readonly type: T }> };

function tagged<T extends string, M extends object>(
  type: T,
  more: { readonly [K in keyof M]: fc.Arbitrary<M[K]> },
): fc.Arbitrary<{ readonly type: T; readonly generation: number } & M> {
  const tag = fc.record({ type: fc.constant(type), generation: fc.nat(4) });
  return fc.tuple(tag, fc.record(more)).map(([tagOf, rest]) => ({ ...tagOf, ...(rest as M) }));
}

/** One way into each state. */
const entrances: Readonly<Record<State["status"], (world: World) => void>> = {
  idle: () => {},
  connecting: (w) => w.tell({ type: "need" }),
  live(w) {
    w.tell({ type: "need" });
    w.settle();
  },
  waiting(w) {
    entrances.live(w);
    w.lost();
  },
  stopped(w) {
    entrances.live(w);
    w.lost(4503);
  },
  closed: (w) => w.tell({ type: "close" }),
};

test("every input in every state is taken without harm, stale ones without effect (E17, E21, E27)", () => {
  const met = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          input: fc.oneof(...Object.values(anything)),
          gapMs: fc.nat(40_000),
          roll: rolls,
        }),
        {
          maxLength: 60,
        },
      ),
      fc.constantFrom("none" as const, "fixed" as const, "renewable" as const),
      fc.constantFrom(...statuses),
      (events, token, status) => {
        const world = stepWorld({ token });
        entrances[status](world);
        let { state, now } = world;
        let sockets = world.socket ? 1 : 0;
        for (const { input: raw, gapMs, roll } of events) {
          now += gapMs;
          // most tagged inputs are news of the current attempt, the others of one long gone or never made
          const input = (
            "generation" in raw && roll < 0.8 ? { ...raw, generation: state.generation } : raw
          ) as Input;
          met.add(`${state.status} ${input.type}`);
          const [after, ...effects]: readonly [State, ...{ do: string }[]] = step(state, input, {
            now,
            roll,
            heardAt: Math.floor(now * roll),
            token,
            backoff: { baseMs: 500, maxMs: 20_000 },
            maxAttempts: Number.POSITIVE_INFINITY,
            connectTimeoutMs: 15_000,
          });
          for (const effect of effects) {
            if (effect.do === "dial") sockets += 1;
            if (effect.do === "abandon") sockets = 0;
            expect(sockets).toBeLessThanOrEqual(1);
          }
          const stale = "generation" in input && input.generation !== state.generation;
          if (stale || state.status === "closed") expect([after, ...effects]).toEqual([state]);
          if (after.status !== "live" && after.status !== "connecting") expect(sockets).toBe(0);
          if (after.status === "waiting") expect(Number.isFinite(after.retryAt)).toBe(true);
          state = after;
        }
      },
    ),
    { numRuns: 2_000 },
  );
  const all = statuses.flatMap((status) => names.map((type) => `${status} ${type}`));
  expect(
    all.filter((pair) => !met.has(pair)),
    "pairs that were never tried",
  ).toEqual([]);
});
