import type { AlertKind } from "@tocsin/protocol/alerts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  entryRange,
  MINUTE,
  monitorOf,
  NOON,
  openAlertDb,
  stopLoss,
  takeProfit,
  tickAt,
  triggerOf,
} from "../../test/support/alerts.js";
import { createEvaluator, type Trigger } from "./evaluator.js";
import { kyselyAlertStore } from "./kysely-alert-store.js";

const rules = {
  "entry-range": entryRange(1, 2),
  "take-profit": takeProfit(105),
  "stop-loss": stopLoss(95),
};
const HOUR = 60 * MINUTE;

async function freshStore() {
  const db = await openAlertDb();
  return { store: kyselyAlertStore(db), [Symbol.asyncDispose]: () => db.destroy() };
}

function trigger(kind: AlertKind, at: number, cooldownMs = HOUR, id = "m1"): Trigger {
  return triggerOf(monitorOf([rules[kind]], { id, cooldownMs }), rules[kind], at);
}

describe("suppression", () => {
  it("makes one notification of 10,000 oscillations in 60 market minutes and counts 9,999 (F16)", {
    timeout: 60_000,
  }, async () => {
    await using subject = await freshStore();
    const evaluator = createEvaluator();
    evaluator.arm({ monitor: monitorOf([takeProfit(105)]), armedAt: null });
    const triggers: Trigger[] = [];
    const step = HOUR / 20_001;
    for (let index = 0; index <= 20_000; index += 1) {
      const price = index % 2 === 0 ? 104 : 106;
      triggers.push(...evaluator.evaluate(tickAt(price, NOON + Math.floor(index * step))));
    }
    expect(triggers).toHaveLength(10_000);
    while (triggers.length > 0) await subject.store.record(triggers.splice(0, 500));
    const inbox = await subject.store.notifications("ada", { limit: 10 });
    expect(inbox).toHaveLength(1);
    expect(inbox[0]).toMatchObject({
      suppressedCount: 9_999,
      lastSuppressedAt: NOON + Math.floor(19_999 * step),
    });
  });

  it("ends exactly when the cooldown does, in market time (F16)", async () => {
    await using subject = await freshStore();
    await subject.store.record([trigger("take-profit", NOON)]);
    const late = await subject.store.record([trigger("take-profit", NOON + HOUR - 1)]);
    expect(late).toEqual({ fired: [], suppressed: 1 });
    const after = await subject.store.record([trigger("take-profit", NOON + HOUR)]);
    expect(after.fired).toHaveLength(1);
  });

  it("never lets a take-profit mute the stop-loss of the same monitor (trap 3)", async () => {
    await using subject = await freshStore();
    const recorded = await subject.store.record([
      trigger("take-profit", NOON),
      trigger("stop-loss", NOON + 1),
      trigger("take-profit", NOON + 2),
    ]);
    expect(recorded.fired.map(({ reason }) => reason)).toEqual(["take-profit", "stop-loss"]);
    expect(recorded.suppressed).toBe(1);
  });

  it("holds over a change of the monitor: a new level is the same cause", async () => {
    await using subject = await freshStore();
    await subject.store.record([trigger("take-profit", NOON)]);
    const changed = monitorOf([takeProfit(104)], { version: 2 });
    const recorded = await subject.store.record([triggerOf(changed, takeProfit(104), NOON + 1)]);
    expect(recorded).toEqual({ fired: [], suppressed: 1 });
  });

  it("starts afresh for a monitor that was deleted and made again under its id", async () => {
    await using subject = await freshStore();
    const { monitor } = await subject.store.createMonitor(
      "ada",
      monitorOf([takeProfit(105)]),
      null,
    );
    await subject.store.record([triggerOf(monitor, takeProfit(105), NOON)]);
    await subject.store.deleteMonitor("ada", monitor.id);
    const again = await subject.store.record([triggerOf(monitor, takeProfit(105), NOON + 1)]);
    expect(again.fired).toHaveLength(1);
  });

  it("never hides a distinct cause and counts every repeat, whatever comes in whichever order", {
    timeout: 60_000,
  }, async () => {
    const step = fc.record({
      id: fc.constantFrom("m1", "m2"),
      kind: fc.constantFrom<AlertKind[]>("entry-range", "take-profit", "stop-loss"),
      wait: fc.integer({ min: 1, max: 40 }),
      // The same triggers once more from here on, as after a crash.
      replay: fc.integer({ min: 0, max: 4 }),
    });
    const cooldown = fc.constantFrom(0, 1, 30, 60);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), cooldown, async (steps, minutes) => {
        await using subject = await freshStore();
        const expected = new Map<string, { firedAt: number; suppressed: number }[]>();
        const sent: Trigger[] = [];
        let at = NOON;
        for (const { id, kind, wait, replay } of steps) {
          at += wait * MINUTE;
          const next = trigger(kind, at, minutes * MINUTE, id);
          sent.push(next);
          await subject.store.record(sent.slice(-1 - replay));
          const history = expected.get(`${id} ${kind}`) ?? [];
          expected.set(`${id} ${kind}`, history);
          const held = history.at(-1);
          if (held && at < held.firedAt + minutes * MINUTE) held.suppressed += 1;
          else history.push({ firedAt: at, suppressed: 0 });
        }
        const inbox = await subject.store.notifications("ada", { limit: 100 });
        for (const [cause, history] of expected) {
          const stored = inbox
            .filter(({ monitorId, reason }) => `${monitorId} ${reason}` === cause)
            .map(({ firedAt, suppressedCount }) => ({ firedAt, suppressed: suppressedCount }))
            .reverse();
          expect(stored).toEqual(history);
        }
      }),
      { numRuns: 40 },
    );
  });
});
