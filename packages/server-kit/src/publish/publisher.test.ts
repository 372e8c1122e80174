import { defineContract, log, signal, table } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { memoryBroker } from "../store/broker-memory.js";
import { memoryDedupStore } from "../store/dedup-memory.js";
import type { ChannelEvent } from "../store/event.js";
import { memoryHistoryStore } from "../store/history-memory.js";
import type { HistoryStore } from "../store/history-store.js";
import { createPublisher, type PublisherParts } from "./publisher.js";

const contract = defineContract({
  channels: {
    fills: log("fills", z.object({ id: z.string(), size: z.number().default(1) })),
    rows: table("rows", z.object({ id: z.string() }), { key: "id" }),
    hint: signal("hint", z.number()),
  },
});

async function setUp(parts: Partial<PublisherParts> = {}) {
  let time = 1_000;
  const now = () => time;
  const broker = memoryBroker();
  const events: ChannelEvent[] = [];
  broker.onEvent((event) => events.push(event));
  for (const channel of ["fills", "rows", "hint"]) await broker.subscribe(channel);
  const publisher = createPublisher({
    history: memoryHistoryStore({ now }),
    dedup: memoryDedupStore({ now }),
    broker,
    now,
    onBrokerFailure: (error) => {
      throw error;
    },
    onDedupFailure: (error) => {
      throw error;
    },
    ...parts,
  });
  const pass = (ms: number) => {
    time += ms;
  };
  return { publisher, events, pass };
}

/** A history store whose appends fail until it is mended. */
function brokenHistory() {
  const inner = memoryHistoryStore();
  let broken = true;
  const store: HistoryStore = {
    ...inner,
    append: (...args) => (broken ? Promise.reject(new Error("disk full")) : inner.append(...args)),
  };
  const mend = () => {
    broken = false;
  };
  return { store, mend };
}

describe("a publisher", () => {
  it("numbers events, and carries what the schema makes of the data", async () => {
    const { publisher, events } = await setUp();
    const first = await publisher.publish(contract.fills(), { id: "a" });
    expect(first).toMatchObject({ offset: 1, duplicate: false });
    expect(events).toMatchObject([{ channel: "fills", offset: 1, data: { id: "a", size: 1 } }]);
  });

  it("refuses data that does not fit and names the field; nothing is stored or sent", async () => {
    const { publisher, events } = await setUp();
    // @ts-expect-error the size is no number
    const wrong = publisher.publish(contract.fills(), { id: "a", size: "big" });
    await expect(wrong).rejects.toMatchObject({ name: "InvalidPublishError", field: "size" });
    expect(await publisher.publish(contract.fills(), { id: "b" })).toMatchObject({ offset: 1 });
    expect(events).toHaveLength(1);
  });

  it("refuses data that no codec could carry, before anything is stored", async () => {
    const wild = defineContract({ channels: { any: signal("any", z.unknown()) } });
    const { publisher } = await setUp();
    for (const data of [5n, { at: new Date(0) }, Number.NaN]) {
      await expect(publisher.publish(wild.any(), data)).rejects.toMatchObject({
        name: "InvalidPublishError",
      });
    }
  });

  it("takes the row's key from the field the contract names", async () => {
    const { publisher, events } = await setUp();
    await publisher.publish(contract.rows(), { id: "__proto__" }); // A33
    await publisher.remove(contract.rows(), "__proto__");
    expect(events).toMatchObject([{ key: "__proto__" }, { key: "__proto__", removed: true }]);
  });

  it("refuses to remove from anything but a table", async () => {
    const { publisher } = await setUp();
    await expect(publisher.remove(contract.fills(), "a")).rejects.toThrow(/table only/);
  });

  it("keeps no position on a signal channel", async () => {
    const { publisher, events } = await setUp();
    await publisher.publish(contract.hint(), 1);
    expect(events).toMatchObject([{ offset: 0 }]);
  });
});

describe("a publish with a key (F10)", () => {
  it("takes effect once, and the repeat gets the first position", async () => {
    const { publisher, events } = await setUp();
    const first = await publisher.publish(contract.fills(), { id: "a" }, { key: "k" });
    await publisher.publish(contract.fills(), { id: "b" });
    const again = await publisher.publish(contract.fills(), { id: "a" }, { key: "k" });
    expect(again).toEqual({ ...first, duplicate: true });
    expect(events).toHaveLength(2);
  });

  it("takes effect once however many arrive at the same time", async () => {
    const { publisher, events } = await setUp();
    const all = await Promise.all(
      Array.from({ length: 50 }, () =>
        publisher.publish(contract.fills(), { id: "a" }, { key: "k" }),
      ),
    );
    expect(events).toHaveLength(1);
    expect(all.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(all.map(({ offset }) => offset))).toEqual(new Set([1]));
  });

  it("is new again when its window has passed, to the millisecond", async () => {
    const { publisher, pass } = await setUp();
    const options = { key: "k", dedupFor: "1s" } as const;
    const publish = () => publisher.publish(contract.fills(), { id: "a" }, options);
    await publish();
    pass(999);
    expect(await publish()).toMatchObject({ duplicate: true });
    pass(1);
    expect(await publish()).toMatchObject({ duplicate: false, offset: 2 });
  });

  it("gives the key back when the append fails, so that a retry is not taken for a repeat", async () => {
    const { store, mend } = brokenHistory();
    const { publisher } = await setUp({ history: store });
    const publish = () => publisher.publish(contract.fills(), { id: "a" }, { key: "k" });
    await expect(publish()).rejects.toMatchObject({ name: "PublishFailedError", retryable: true });
    mend();
    expect(await publish()).toMatchObject({ duplicate: false });
  });

  it("fails together with the publish it waited for, and both may be tried again", async () => {
    const { store, mend } = brokenHistory();
    const { publisher } = await setUp({ history: store });
    const publish = () => publisher.publish(contract.fills(), { id: "a" }, { key: "k" });
    const both = await Promise.allSettled([publish(), publish()]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    mend();
    expect(await publish()).toMatchObject({ duplicate: false, offset: 1 });
  });

  it("has happened when it is stored, also if the key cannot be settled", async () => {
    const troubles: unknown[] = [];
    const dedup = { ...memoryDedupStore(), settle: () => Promise.reject(new Error("down")) };
    const { publisher } = await setUp({ dedup, onDedupFailure: (error) => troubles.push(error) });
    const publish = () => publisher.publish(contract.fills(), { id: "a" }, { key: "k" });
    expect(await publish()).toMatchObject({ offset: 1, duplicate: false });
    expect(troubles).toHaveLength(1);
    await expect(publish()).rejects.toMatchObject({ name: "PublishFailedError", retryable: true });
  });

  it("fails with what failed, also if the key cannot be given back", async () => {
    const troubles: unknown[] = [];
    const dedup = { ...memoryDedupStore(), release: () => Promise.reject(new Error("down")) };
    const onDedupFailure = (error: unknown) => troubles.push(error);
    const { publisher } = await setUp({ dedup, history: brokenHistory().store, onDedupFailure });
    const publish = publisher.publish(contract.fills(), { id: "a" }, { key: "k" });
    await expect(publish).rejects.toMatchObject({ name: "PublishFailedError" });
    expect(troubles).toHaveLength(1);
  });

  it("that outlived its window gives back no key that another publish has claimed since", async () => {
    const inner = memoryHistoryStore();
    const appends: { go(): void; fail(): void }[] = [];
    const history: HistoryStore = {
      ...inner,
      async append(...args) {
        await new Promise<void>((resolve, reject) => {
          appends.push({ go: resolve, fail: () => reject(new Error("disk full")) });
        });
        return inner.append(...args);
      },
    };
    let time = 0;
    const dedup = memoryDedupStore({ now: () => time });
    const publisherOfNode = async () => {
      const { publisher } = await setUp({ history, dedup });
      const options = { key: "k", dedupFor: "1s" } as const;
      return () => publisher.publish(contract.fills(), { id: "a" }, options);
    };
    const first = (await publisherOfNode())();
    await expect.poll(() => appends.length).toBe(1);
    time += 1_000;
    const second = (await publisherOfNode())();
    await expect.poll(() => appends.length).toBe(2);
    appends[0]?.fail();
    await expect(first).rejects.toMatchObject({ name: "PublishFailedError" });
    const third = await publisherOfNode();
    await expect(third()).rejects.toMatchObject({ retryable: true });
    appends[1]?.go();
    const stored = await second;
    expect(await third()).toEqual({ ...stored, duplicate: true });
    expect(appends).toHaveLength(2);
  });

  it("belongs to its scope: one user cannot use up another's key", async () => {
    const { publisher } = await setUp();
    const publish = (scope: string) =>
      publisher.publish(contract.fills(), { id: "a" }, { key: "k", scope });
    expect(await publish("ann")).toMatchObject({ duplicate: false });
    expect(await publish("bob")).toMatchObject({ duplicate: false });
    expect(await publish("ann")).toMatchObject({ duplicate: true, offset: 1 });
  });

  it("must have a length that can be stored", async () => {
    const { publisher } = await setUp();
    for (const key of ["", "k".repeat(256)]) {
      const publish = publisher.publish(contract.fills(), { id: "a" }, { key });
      await expect(publish).rejects.toMatchObject({ field: "key" });
    }
  });
});

describe("a broker that fails", () => {
  it("does not undo a publish that is stored; the failure is reported", async () => {
    const failures: unknown[] = [];
    const { publisher } = await setUp({
      broker: { ...memoryBroker(), publish: () => Promise.reject(new Error("down")) },
      onBrokerFailure: (error) => failures.push(error),
    });
    expect(await publisher.publish(contract.fills(), { id: "a" })).toMatchObject({ offset: 1 });
    await Promise.resolve();
    expect(failures).toHaveLength(1);
  });
});
