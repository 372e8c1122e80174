import { defineContract, latest, log, signal, table } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InvalidPublishError, PublishFailedError } from "../publish/errors.js";
import type { Publisher, PublisherParts } from "../publish/publisher.js";
import { memoryBroker } from "../store/broker-memory.js";
import { memoryDedupStore } from "../store/dedup-memory.js";
import type { ChannelEvent } from "../store/event.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";

const contract = defineContract({
  channels: {
    price: latest("price", z.number()),
    fills: log("fills", z.object({ id: z.string(), size: z.number().default(1) })),
    book: table("book", z.object({ id: z.string() }), { key: "id" }),
    hint: signal("hint", z.number()),
  },
});
const A = { id: "a" };

interface Stage {
  readonly publisher: Publisher;
  readonly parts: PublisherParts;
  readonly events: readonly ChannelEvent[];
  readonly clock: FakeClock;
}

/** What every {@link Publisher} promises. Run it over your own with a function that makes one of the parts given. */
export function describePublisher(
  name: string,
  create: (parts: PublisherParts) => Publisher,
): void {
  async function setUp(change: (parts: PublisherParts) => Partial<PublisherParts> = () => ({})) {
    const clock = fakeClock();
    const broker = memoryBroker();
    const events: ChannelEvent[] = [];
    broker.onEvent((event) => events.push(event));
    for (const channel of ["price", "fills", "book", "hint"]) await broker.subscribe(channel);
    const plain: PublisherParts = {
      history: memoryHistoryStore({ now: clock.now }),
      dedup: memoryDedupStore({ now: clock.now }),
      broker,
      now: clock.now,
      onDedupFailure(error) {
        throw error;
      },
      onBrokerFailure(error) {
        throw error;
      },
    };
    const parts = { ...plain, ...change(plain) };
    return { publisher: create(parts), parts, events, clock } satisfies Stage;
  }

  describe(`Publisher: ${name}`, () => {
    it("stores an event, hands it over and answers with its position", async () => {
      const { publisher, parts, events, clock } = await setUp();
      const published = await publisher.publish(contract.fills(), A);
      const stored = await parts.history.read("fills");
      expect(published).toEqual({ epoch: stored.epoch, offset: 1, duplicate: false });
      const entry = { offset: 1, data: { id: "a", size: 1 }, timestamp: clock.now() };
      expect(stored.entries).toEqual([entry]);
      expect(events).toEqual([{ ...entry, channel: "fills", mode: "log", epoch: stored.epoch }]);
    });

    it("keeps what each mode promises to keep", async () => {
      const { publisher, parts, events } = await setUp();
      for (const price of [1, 2, 3]) await publisher.publish(contract.price(), price);
      await publisher.publish(contract.book(), { id: "__proto__" });
      await publisher.publish(contract.book(), { id: "b" });
      await publisher.remove(contract.book(), "__proto__");
      const rows = await parts.history.read("book", { after: 0 });
      expect((await parts.history.read("price")).entries).toMatchObject([{ data: 3, offset: 3 }]);
      expect(rows.entries).toMatchObject([{ key: "b" }, { key: "__proto__", removed: true }]);
      expect(events.at(-1)).toMatchObject({
        key: "__proto__",
        removed: true,
        data: null,
        offset: 3,
      });
    });

    it("stores nothing of a signal, and gives it no place", async () => {
      const { publisher, parts, events } = await setUp();
      expect(await publisher.publish(contract.hint(), 1)).toMatchObject({ offset: 0 });
      expect(events).toMatchObject([{ mode: "signal", offset: 0, data: 1 }]);
      expect(await parts.history.read("hint")).toMatchObject({ offset: 0, entries: [] });
    });

    it("hands concurrent events over in the order of their offsets", async () => {
      const { publisher, events } = await setUp();
      const ids = Array.from({ length: 50 }, (_, index) => String(index));
      await Promise.all(ids.map((id) => publisher.publish(contract.fills(), { id })));
      expect(events.map(({ offset }) => offset)).toEqual(ids.map((id) => Number(id) + 1));
    });

    it("refuses data that does not fit, names the field, and does nothing else", async () => {
      const { publisher, parts, events } = await setUp();
      // @ts-expect-error the size is no number
      const refused = publisher.publish(contract.fills(), { id: "a", size: "big" }, { key: "k" });
      await expect(refused).rejects.toThrow(InvalidPublishError);
      await expect(refused).rejects.toMatchObject({ field: "size", retryable: false });
      expect(events).toEqual([]);
      expect((await parts.history.read("fills")).offset).toBe(0);
      const published = await publisher.publish(contract.fills(), A, { key: "k" });
      expect(published.duplicate).toBe(false);
    });

    it("refuses a row without a usable key, and a removal from anything but a table", async () => {
      const { publisher } = await setUp();
      const nameless = publisher.publish(contract.book(), { id: "" });
      await expect(nameless).rejects.toMatchObject({ name: "InvalidPublishError", field: "id" });
      await expect(publisher.remove(contract.fills(), "a")).rejects.toThrow(InvalidPublishError);
    });

    it("publishes a key once, however many come at the same time, and tells them all the place (F10)", async () => {
      const { publisher, events } = await setUp();
      const publish = () => publisher.publish(contract.fills(), A, { key: "k" });
      const all = await Promise.all(Array.from({ length: 50 }, publish));
      expect(events).toHaveLength(1);
      expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(all.map(({ epoch, offset }) => `${epoch} ${offset}`)).size).toBe(1);
      await publisher.publish(contract.fills(), { id: "b" });
      expect(await publish()).toMatchObject({ offset: 1, duplicate: true });
    });

    it("knows a key until the last millisecond of its window, and not at its end (F10)", async () => {
      const { publisher, clock } = await setUp();
      const publish = () => publisher.publish(contract.fills(), A, { key: "k", dedupFor: "60m" });
      await publish();
      clock.advance(3_600_000 - 1);
      expect(await publish()).toMatchObject({ duplicate: true, offset: 1 });
      clock.advance(1);
      expect(await publish()).toMatchObject({ duplicate: false, offset: 2 });
    });

    it("takes equal keys of other channels and other scopes for other keys (A33)", async () => {
      const { publisher } = await setUp();
      const results = [
        await publisher.publish(contract.fills(), A, { key: "__proto__" }),
        await publisher.publish(contract.price(), 1, { key: "__proto__" }),
        await publisher.publish(contract.fills(), A, { key: "__proto__", scope: "ada" }),
        await publisher.publish(contract.fills(), A, { key: "__proto__", scope: "bob" }),
        await publisher.publish(contract.fills(), A, { key: "__proto__", scope: "ada" }),
      ];
      expect(results.map(({ duplicate }) => duplicate)).toEqual([false, false, false, false, true]);
    });

    it("refuses a key that is empty or too long", async () => {
      const { publisher } = await setUp();
      for (const key of ["", "k".repeat(256)]) {
        const refused = publisher.publish(contract.fills(), A, { key });
        await expect(refused).rejects.toMatchObject({ name: "InvalidPublishError", field: "key" });
      }
    });

    it("gives the key back when the store refuses, so that a retry is not taken for a repeat (F8)", async () => {
      let broken = true;
      const { publisher, events } = await setUp(({ history }) => ({
        history: {
          ...history,
          append: (...args) =>
            broken ? Promise.reject(new Error("disk full")) : history.append(...args),
        },
      }));
      const publish = () => publisher.publish(contract.fills(), A, { key: "k" });
      const refused = publish();
      await expect(refused).rejects.toThrow(PublishFailedError);
      await expect(refused).rejects.toMatchObject({ retryable: true });
      expect(events).toEqual([]);
      broken = false;
      expect(await publish()).toMatchObject({ offset: 1, duplicate: false });
    });

    it("publishes nothing while the dedup store cannot be asked, and says that trying again is safe (F8)", async () => {
      const { publisher, events } = await setUp(({ dedup }) => ({
        dedup: { ...dedup, claim: () => Promise.reject(new Error("down")) },
      }));
      const refused = publisher.publish(contract.fills(), A, { key: "k" });
      await expect(refused).rejects.toMatchObject({ name: "PublishFailedError", retryable: true });
      expect(events).toEqual([]);
    });

    it("stands by an event that is stored but that the broker would not carry, and reports it", async () => {
      const reported: ChannelEvent[] = [];
      const { publisher } = await setUp(({ broker }) => ({
        broker: { ...broker, publish: () => Promise.reject(new Error("down")) },
        onBrokerFailure: (_error, event) => reported.push(event),
      }));
      expect(await publisher.publish(contract.fills(), A)).toMatchObject({ offset: 1 });
      await expect.poll(() => reported).toMatchObject([{ channel: "fills", offset: 1 }]);
    });
  });
}
