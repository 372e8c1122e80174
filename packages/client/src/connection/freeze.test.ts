import { describe, expect, test } from "vitest";
import { type StepWorld, stepWorld } from "../../test/support/step-world.js";
import type { State, Timer } from "./state.js";

/** How to get into every phase of a connection, and what the page finds when it wakes up in it. */
const PHASES: Readonly<
  Record<string, readonly [status: State["status"], enter: (world: StepWorld) => void]>
> = {
  "before anything was wanted": ["idle", () => {}],
  "waiting for a token": ["connecting", (w) => w.tell({ type: "need" })],
  "waiting for the socket to open": [
    "connecting",
    (w) => {
      w.tell({ type: "need" });
      w.tokenCame();
    },
  ],
  "waiting for the greeting": [
    "connecting",
    (w) => {
      w.tell({ type: "need" });
      w.tokenCame();
      w.opened();
    },
  ],
  "waiting for the answer to auth": [
    "connecting",
    (w) => {
      w.tell({ type: "need" });
      w.tokenCame();
      w.opened();
      w.greeted();
    },
  ],
  live: ["live", goLive],
  "waiting for a pong": [
    "live",
    (w) => {
      goLive(w);
      w.fire("beat");
    },
  ],
  "fetching a new token": [
    "live",
    (w) => {
      goLive(w);
      w.tell({ type: "renew" });
    },
  ],
  "told to go elsewhere": [
    "live",
    (w) => {
      goLive(w);
      const { generation } = w.state;
      w.tell({ type: "hint", generation, ms: 5_000, leave: true });
    },
  ],
  "waiting out a backoff": [
    "waiting",
    (w) => {
      goLive(w);
      w.lost();
    },
  ],
  "waiting as long as the server asked": [
    "waiting",
    (w) => {
      goLive(w);
      const { generation } = w.state;
      w.tell({ type: "hint", generation, ms: 30_000, leave: false });
      w.lost(4029);
    },
  ],
  stopped: [
    "stopped",
    (w) => {
      goLive(w);
      w.lost(4503);
    },
  ],
  closed: [
    "closed",
    (w) => {
      goLive(w);
      w.tell({ type: "close" });
    },
  ],
};

function goLive(world: StepWorld): void {
  world.tell({ type: "need" });
  world.settle();
}

const wake = (w: StepWorld) => w.tell({ type: "wake" });
const lateTimers = (w: StepWorld) => {
  const due = [...w.timers].filter(([, at]) => at <= w.now).map(([timer]): Timer => timer);
  for (const timer of due) w.fire(timer);
};
const lateAnswers = (w: StepWorld) => {
  w.tokenCame();
  w.opened();
  w.greeted();
  w.authAnswered();
  w.heard();
};
const lateClose = (w: StepWorld) => w.lost();

/** In which order a browser hands out what piled up while the page was frozen. */
const AWAKENINGS = [
  ["the wake-up, then timers", [wake, lateTimers]],
  ["timers, then the wake-up", [lateTimers, wake]],
  ["timers alone", [lateTimers]],
  ["what the server had sent, then timers, then the wake-up", [lateAnswers, lateTimers, wake]],
  [
    "the wake-up, then the news that the socket is gone, then timers",
    [wake, lateClose, lateTimers],
  ],
  ["the news that the socket is gone, then the wake-up twice", [lateClose, wake, wake]],
  ["timers, then a token that is no good any more", [lateTimers, (w) => w.tokenCame(true), wake]],
] as const satisfies readonly (readonly [string, readonly ((w: StepWorld) => void)[]])[];

describe.each(Object.entries(PHASES))(
  "a page frozen for an hour while %s",
  (_, [status, enter]) => {
    test.each(AWAKENINGS)("comes to itself on %s (E29)", (_, awakening) => {
      const world = stepWorld({ token: "renewable" });
      enter(world);
      expect(world.state.status).toBe(status);
      const { dials } = world;
      world.pass(3_600_000);
      for (const event of awakening) event(world);
      world.settle();
      const final = status === "stopped" || status === "closed" || status === "idle";
      expect(world.state.status).toBe(final ? status : "live");
      if (final) expect(world.dials).toBe(dials);
      // at most: the attempt that the freeze spoilt, and one that is good
      expect(world.dials - dials).toBeLessThanOrEqual(2);
    });
  },
);

test("a live page that froze keeps its socket if the server still answers (E29)", () => {
  const world = stepWorld();
  goLive(world);
  world.pass(3_600_000);
  lateTimers(world); // the heartbeat is long overdue, yet nobody has been asked
  wake(world);
  expect(world.state.status).toBe("live");
  world.heard();
  world.fire("beat");
  expect(world.state.status).toBe("live");
  expect(world.dials).toBe(1);
});

test("a live page that froze finds a dead server within seconds of waking up (E29)", () => {
  const world = stepWorld();
  goLive(world);
  world.pass(3_600_000);
  wake(world);
  const woken = world.now;
  world.fire("beat");
  expect(world.state.status).toBe("waiting");
  expect(world.now - woken).toBeLessThanOrEqual(3_000);
});
