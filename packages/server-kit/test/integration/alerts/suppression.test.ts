import type { AlertNotification, Monitor } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AlertStore, kyselyAlertStore } from "../../../src/alerts/store/kysely-alert-store.js";
import type { Transition } from "../../../src/alerts/transition.js";
import { type AlertDatabase, describeEngines } from "../../support/alert-engines.js";
import {
  fired,
  minute,
  newMonitorOf,
  oscillation,
  resolved,
  stopLoss,
  takeProfit,
} from "../../support/alert-transitions.js";
import { type Step, SuppressionModel } from "../../support/suppression-model.js";

const HOUR = 3_600_000;
/** `FULL=1` runs F16 in full size on PostgreSQL, too; SQLite always does. */
const full = process.env.FULL === "1";

describeEngines("suppression", (engine) => {
  let database: AlertDatabase;
  beforeEach(async () => {
    database = await engine.open();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const size = full || engine.name === "SQLite" ? 10_000 : 1_000;
  it(`makes one notification of ${size} fires within an hour seen by 4 workers whose clocks differ by hours (F16)`, {
    timeout: 120_000,
  }, async () => {
    const skews = [-HOUR, 0, HOUR, 17];
    const workers = skews.map((skew) =>
      kyselyAlertStore(database.db, { now: () => 1_000_000_000 + skew }),
    );
    const monitor = await newMonitorOf(workers[0] as AlertStore);
    const all = oscillation(monitor, "tp", size, HOUR / size);
    // Each worker evaluates everything, in pieces of its own size.
    const suppressed = await Promise.all(
      workers.map(async (store, worker) => {
        let counted = 0;
        const piece = 400 + worker * 77;
        for (let from = 0; from < all.length; from += piece) {
          counted += (await store.record(all.slice(from, from + piece))).suppressed;
        }
        return counted;
      }),
    );
    expect(suppressed.reduce((sum, count) => sum + count)).toBe(size - 1);
    const inbox = await workers[0]?.notifications("ada", { limit: 10 });
    expect(inbox).toMatchObject([
      { suppressedCount: size - 1, state: "resolved", revision: 2, seq: 1 },
    ]);
    const afterwards = await workers[1]?.record([fired(monitor, "tp", minute(60))]);
    expect(afterwards?.fired).toHaveLength(1);
  });

  describe("whatever happens in whichever order", () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant("flip" as const),
          rule: fc.constantFrom("tp", "sl", "near"),
          wait: fc.integer({ min: 1, max: 40 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant("snooze" as const),
          rule: fc.constantFrom("tp", "sl", "near"),
          minutes: fc.option(fc.integer({ min: 1, max: 90 })),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("release" as const) }) },
    );

    it("hides no distinct cause, resolves every told fire, and the counts add up (traps 3, 4, 5)", {
      timeout: 120_000,
    }, async () => {
      let user = 0;
      const property = fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.constantFrom(0, 1, 30, 60),
        // How much of what was recorded is recorded once more, as after a crash.
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }),
        async (steps, cooldown, replays) => {
          user += 1;
          const userId = `user-${user}`;
          const store = kyselyAlertStore(database.db, { flood: { max: 1_000, windowMs: 1 } });
          const near = { kind: "threshold", when: "below", price: 97, id: "near" } as const;
          const monitor = await newMonitorOf(
            store,
            [takeProfit, stopLoss, { ...near, inhibitedBy: ["sl"] }],
            { userId, cooldownMs: minute(cooldown) - minute(0) },
          );
          const model = new SuppressionModel(cooldown);
          await play(store, monitor, steps, replays, model);
          const inbox = await store.notifications(userId, { limit: 1_000 });
          expect(inbox.map(comparable).reverse()).toEqual(model.notifications);
          const counted = inbox.reduce((sum, each) => sum + each.suppressedCount, 0);
          const told = inbox.filter(({ reason }) => reason === "fired").length;
          expect(told + counted + model.unclaimed).toBe(model.fires);
        },
      );
      await fc.assert(property, { numRuns: engine.name === "SQLite" ? 60 : 25 });
    });
  });
});

async function play(
  store: AlertStore,
  monitor: Monitor,
  steps: readonly Step[],
  replays: readonly number[],
  model: SuppressionModel,
): Promise<void> {
  const sent: Transition[] = [];
  let now = 0;
  for (const [index, step] of steps.entries()) {
    switch (step.do) {
      case "flip": {
        now += step.wait;
        const type = model.flip(step.rule, now);
        const move = type === "fired" ? fired : resolved;
        sent.push(move(monitor, step.rule, minute(now)));
        const again = replays[index % replays.length] ?? 0;
        await store.record(sent.slice(-1 - again));
        break;
      }
      case "snooze": {
        const until = step.minutes === null ? null : now + step.minutes;
        model.snooze(step.rule, until);
        const at = until === null ? null : minute(until);
        await store.snooze(monitor.userId, monitor.id, step.rule, at);
        break;
      }
      case "release":
        model.release(now);
        await store.releaseMuted(minute(now));
        break;
      default:
        step satisfies never;
    }
  }
}

function comparable({
  ruleId,
  reason,
  firedAt,
  resolvedAt,
  suppressedCount,
}: AlertNotification): object {
  const minutes = (at: number | null) => (at === null ? null : (at - minute(0)) / 60_000);
  return {
    rule: ruleId,
    reason,
    firedAt: minutes(firedAt),
    resolvedAt: minutes(resolvedAt),
    suppressed: suppressedCount,
  };
}
