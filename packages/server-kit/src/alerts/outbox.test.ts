import type { AlertNotification } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import {
  MINUTE,
  monitorOf,
  NOON,
  openAlertDb,
  takeProfit,
  triggerOf,
} from "../../test/support/alerts.js";
import { fakeClock } from "../testing/fake-clock.js";
import { kyselyAlertStore } from "./kysely-alert-store.js";
import { createOutbox } from "./outbox.js";

/** A store with `count` notifications for each user, and a hub that takes each key once and can be broken. */
async function setUp(users: readonly string[], count: number) {
  const db = await openAlertDb();
  const store = kyselyAlertStore(db);
  for (const [index, userId] of users.entries()) {
    const monitor = monitorOf([takeProfit(105)], { id: `m${index}`, userId });
    for (let hour = 0; hour < count; hour += 1) {
      await store.record([triggerOf(monitor, takeProfit(105), NOON + hour * 60 * MINUTE)]);
    }
  }
  const seen: { channel: string; id: string }[] = [];
  const keys = new Set<string>();
  const broken = new Set<string>();
  const publisher = {
    async publish(channel: string, { id }: AlertNotification, { key }: { key: string }) {
      if (broken.has(channel)) throw new Error("hub is down");
      if (keys.has(key)) return;
      keys.add(key);
      seen.push({ channel, id });
    },
  };
  const clock = fakeClock();
  const options = { store, publisher, channel: (userId: string) => `alerts:${userId}`, clock };
  const dispose = () => db.destroy();
  return { store, seen, broken, clock, options, [Symbol.asyncDispose]: dispose };
}

describe("createOutbox", () => {
  it("hands on what was stored, in order, each to its owner, and once", async () => {
    await using subject = await setUp(["ada", "bob"], 2);
    const outbox = createOutbox(subject.options);
    expect(await outbox.flush()).toBe(true);
    expect(await outbox.flush()).toBe(true);
    expect(subject.seen.map(({ channel }) => channel)).toEqual([
      "alerts:ada",
      "alerts:ada",
      "alerts:bob",
      "alerts:bob",
    ]);
    expect(await subject.store.unpublished(10)).toEqual([]);
  });

  it("hands on what an earlier process stored and did not publish (F15)", async () => {
    await using subject = await setUp(["ada"], 250);
    expect(await createOutbox(subject.options).flush()).toBe(true);
    expect(subject.seen).toHaveLength(250);
  });

  it("repeats nothing after a crash between publishing and marking (F15)", async () => {
    await using subject = await setUp(["ada"], 3);
    const crashing = createOutbox({
      ...subject.options,
      store: {
        unpublished: subject.store.unpublished,
        markPublished: () => Promise.reject(new Error("killed")),
      },
    });
    expect(await crashing.flush()).toBe(false);
    crashing.close();
    expect(subject.seen).toHaveLength(1);
    expect(await createOutbox(subject.options).flush()).toBe(true);
    expect(subject.seen).toHaveLength(3);
  });

  it("repeats nothing in the next process either, where the inbox kept what was published (F15)", async () => {
    await using subject = await setUp(["ada"], 3);
    const asked: string[] = [];
    const published: string[] = [];
    const publisher = {
      publish: async (_: string, { id }: AlertNotification) => void published.push(id),
      held: async (channel: string) => {
        asked.push(channel);
        return new Set([`m0.take-profit.${NOON}`]);
      },
    };
    const outbox = createOutbox({ ...subject.options, publisher });
    expect(await outbox.flush()).toBe(true);
    expect(published).toEqual([
      `m0.take-profit.${NOON + 60 * MINUTE}`,
      `m0.take-profit.${NOON + 120 * MINUTE}`,
    ]);
    expect(await subject.store.unpublished(10)).toEqual([]);
    const monitor = monitorOf([takeProfit(105)], { id: "later" });
    await subject.store.record([triggerOf(monitor, takeProfit(105), NOON)]);
    await outbox.flush();
    expect(published).toHaveLength(3);
    expect(asked).toEqual(["alerts:ada"]);
  });

  it("keeps one user's order when publishing fails, holds nobody else back, and tries again", async () => {
    await using subject = await setUp(["ada", "bob"], 2);
    subject.broken.add("alerts:ada");
    const outbox = createOutbox(subject.options);
    expect(await outbox.flush()).toBe(false);
    expect(subject.seen.map(({ channel }) => channel)).toEqual(["alerts:bob", "alerts:bob"]);
    subject.broken.clear();
    subject.clock.advance(1_000);
    expect(await outbox.flush()).toBe(true);
    const ada = subject.seen.filter(({ channel }) => channel === "alerts:ada");
    expect(ada.map(({ id }) => id)).toEqual([
      `m0.take-profit.${NOON}`,
      `m0.take-profit.${NOON + 60 * MINUTE}`,
    ]);
  });

  it("survives a store that cannot be read", async () => {
    await using subject = await setUp(["ada"], 1);
    const store = { ...subject.store, unpublished: () => Promise.reject(new Error("disk")) };
    const outbox = createOutbox({ ...subject.options, store });
    expect(await outbox.flush()).toBe(false);
    expect(subject.clock.pending).toBe(1);
    outbox.close();
    expect(subject.clock.pending).toBe(0);
  });

  it("sees what is stored while a round is under way", async () => {
    await using subject = await setUp(["ada"], 1);
    const outbox = createOutbox(subject.options);
    outbox.wake();
    const monitor = monitorOf([takeProfit(105)], { id: "late" });
    await subject.store.record([triggerOf(monitor, takeProfit(105), NOON)]);
    await outbox.flush();
    expect(subject.seen).toHaveLength(2);
  });
});
