import { describe, expect, test } from "vitest";
import { alertOf } from "../testing.js";
import { createLeadership, type Locks } from "./leader.js";
import { type Plan, planTelling, type TellSettings } from "./plan.js";
import { BURST_MS, createTeller, type TabLine, UNTOLD_MS } from "./teller.js";

const loud: TellSettings = { sound: true, notify: true, minSeverity: "info" };

describe("a plan", () => {
  test("tells critical ones first, then the newest, and counts the rest", () => {
    const burst = [
      alertOf({ seq: 1 }),
      alertOf({ seq: 2, severity: "critical" }),
      alertOf({ seq: 3 }),
      alertOf({ seq: 4, severity: "info" }),
    ];
    const plan = planTelling(burst, loud);
    expect(plan.single.map(({ seq }) => seq)).toEqual([2, 3, 1]);
    expect([plan.more, plan.sound]).toEqual([1, "critical"]);
  });

  test("leaves to its summary what a flood or a digest holds back", () => {
    const held = [alertOf({ seq: 1, push: "flood" }), alertOf({ seq: 2, push: "digest" })];
    expect(planTelling(held, loud)).toEqual({ single: [], more: 0, sound: undefined });
    const summary = alertOf({ seq: 3, kind: "summary", reason: "flood", covers: 40 });
    expect(planTelling([...held, summary], loud).single).toEqual([summary]);
  });

  test("asks for neither sound nor notification that is switched off", () => {
    const burst = [alertOf()];
    expect(planTelling(burst, { ...loud, sound: false }).sound).toBeUndefined();
    expect(planTelling(burst, { ...loud, notify: false })).toMatchObject({
      single: [],
      sound: "normal",
    });
    expect(planTelling(burst, { ...loud, minSeverity: "critical" }).sound).toBeUndefined();
  });

  test("does not tell what is read or snoozed already", () => {
    const burst = [alertOf({ readAt: 1 }), alertOf({ seq: 2, snoozedUntil: 9 })];
    expect(planTelling(burst, loud).single).toEqual([]);
  });
});

/** Locks as a browser has them: one holder, the others wait their turn. */
function fakeLocks(): Locks {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    request(_name, { signal }, held) {
      const mine = turn.then(() => {
        if (signal.aborted) throw new Error("given up");
        return held();
      });
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

/** Lines of tabs that hear each other but not themselves. */
function fakeLines(): () => TabLine {
  const open = new Set<TabLine>();
  return () => {
    const line: TabLine = {
      onmessage: null,
      postMessage(data) {
        for (const other of open) {
          if (other !== line) other.onmessage?.(new MessageEvent("message", { data }));
        }
      },
      close: () => open.delete(line),
    };
    open.add(line);
    return line;
  };
}

function setUp() {
  const locks = fakeLocks();
  const newLine = fakeLines();
  let time = 0;
  let due: (() => void)[] = [];
  const tab = () => {
    const plans: Plan[] = [];
    const leadership = createLeadership(locks, "tell");
    const teller = createTeller({
      leadership,
      line: newLine(),
      settings: () => loud,
      tell: (plan) => plans.push(plan),
      now: () => time,
      after: (run) => due.push(run),
    });
    return {
      leadership,
      hear: teller.hear,
      told: () => plans.flatMap(({ single }) => single.map(({ id }) => id)),
      close() {
        teller.stop();
        leadership.stop();
      },
    };
  };
  return {
    tab,
    /** Lets promises settle and runs what waits. */
    async advance(ms: number) {
      await new Promise((resolve) => setImmediate(resolve));
      time += ms;
      const running = due;
      due = [];
      for (const run of running) run();
    },
  };
}

describe("of two tabs", () => {
  test("one tells, however many hear", async () => {
    const { tab, advance } = setUp();
    const [first, second] = [tab(), tab()];
    await advance(0);
    expect([first.leadership.role, second.leadership.role]).toEqual(["leader", "follower"]);
    first.hear(alertOf());
    second.hear(alertOf());
    await advance(BURST_MS);
    await advance(BURST_MS);
    expect([first.told(), second.told()]).toEqual([["n1"], []]);
  });

  test("the other takes over when the leader closes, and tells what that one did not get to", async () => {
    const { tab, advance } = setUp();
    const [first, second] = [tab(), tab()];
    await advance(0);
    first.hear(alertOf({ seq: 1 }));
    second.hear(alertOf({ seq: 1 }));
    await advance(BURST_MS);
    first.hear(alertOf({ seq: 2 }));
    second.hear(alertOf({ seq: 2 }));
    first.close(); // before its burst was over
    await advance(0);
    await advance(BURST_MS);
    await advance(BURST_MS);
    expect(second.leadership.role).toBe("leader");
    expect(first.told()).toEqual(["n1"]);
    expect(second.told()).toEqual(["n2"]);
  });

  test("what is heard after another tab told it is not told again, and what is old neither", async () => {
    const { tab, advance } = setUp();
    const [first, second] = [tab(), tab()];
    await advance(0);
    first.hear(alertOf({ seq: 1 }));
    await advance(BURST_MS);
    second.hear(alertOf({ seq: 2 }));
    await advance(UNTOLD_MS + BURST_MS);
    second.hear(alertOf({ seq: 1 }));
    first.close();
    await advance(0);
    await advance(BURST_MS);
    await advance(BURST_MS);
    expect(second.told()).not.toContain("n2");
  });
});

test("a browser without locks tells by itself", () => {
  expect(createLeadership(undefined, "tell").role).toBe("alone");
});
