import { describe, expect, it, vi } from "vitest";
import { contract, type HubNode, seen, soon } from "./hub-node.js";

/** What two hubs on shared stores do together, whatever the stores are. `start` starts one more hub. */
export function itServesTwoHubs(start: () => Promise<HubNode>): void {
  describe("two hubs", () => {
    it("bring an event published on one to readers on both, once and in order", async () => {
      await using a = await start();
      await using b = await start();
      const channel = contract.fills({ id: "both" });
      const readers = [await a.reader(channel.name), await b.reader(channel.name)];
      const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
      await Promise.all(numbers.map((n) => (n % 2 ? a : b).hub.publish(channel, n)));
      for (const reader of readers) {
        await vi.waitFor(() => expect(seen(reader)).toHaveLength(200), soon);
        expect(reader.got("event").map(({ offset }) => offset)).toEqual(numbers);
      }
      const [one, other] = readers.map(seen);
      expect(one).toEqual(other);
    });

    it("bring events of more than 8,000 bytes in their place", async () => {
      await using a = await start();
      await using b = await start();
      const channel = contract.fills({ id: "long" });
      const reader = await b.reader(channel.name);
      const long = "警".repeat(30_000);
      for (const data of [1, long, 2, long, long, 3]) await a.hub.publish(channel, data);
      const expected = [1, long, 2, long, long, 3].map((data, index) => [index + 1, data]);
      await vi.waitFor(() => expect(seen(reader)).toHaveLength(6), soon);
      expect(seen(reader)).toEqual(expected);
    });

    it("recover on one what a reader had missed on the other, by its position", async () => {
      await using a = await start();
      await using b = await start();
      const channel = contract.fills({ id: "recovery" });
      const reader = await a.reader(channel.name);
      await a.hub.publish(channel, 1);
      await vi.waitFor(() => expect(seen(reader)).toEqual([[1, 1]]), soon);
      reader.hangUp();
      await a.hub.publish(channel, 2);
      await b.hub.publish(channel, 3);
      const [subscribed] = reader.got("subscribed");
      const since = { epoch: subscribed?.epoch, offset: 1 };
      const back = await b.reader(channel.name, since);
      const recovered = { recovery: "recovered", epoch: since.epoch, offset: 3 };
      expect(back.got("subscribed")).toMatchObject([recovered]);
      await vi.waitFor(() => expect(seen(back)).toHaveLength(2), soon);
    });

    it("publish a key once, whichever of them is asked (F10)", async () => {
      await using a = await start();
      await using b = await start();
      const channel = contract.fills({ id: "key" });
      const published = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? a : b).hub.publish(channel, n, { key: "k" })),
      );
      expect(published.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(published.map(({ offset }) => offset))).toEqual(new Set([1]));
      expect(await a.hub.read(channel)).toMatchObject({ offset: 1 });
    });

    it("carry signals and rows too", async () => {
      await using a = await start();
      await using b = await start();
      const hints = await b.reader("hint:1");
      const rows = await b.reader("book:1");
      await a.hub.publish(contract.hint({ id: "1" }), 7);
      await a.hub.publish(contract.hint({ id: "1" }), 7);
      await a.hub.publish(contract.book({ id: "1" }), { id: "x", n: 1 });
      await a.hub.remove(contract.book({ id: "1" }), "x");
      await vi.waitFor(
        () => expect(hints.got("event")).toMatchObject([{ data: 7 }, { data: 7 }]),
        soon,
      );
      await vi.waitFor(
        () =>
          expect(rows.got("event")).toMatchObject([
            { key: "x", data: { id: "x", n: 1 } },
            { key: "x", removed: true },
          ]),
        soon,
      );
    });

    it("list the members of both", async () => {
      await using a = await start();
      await using b = await start();
      await a.reader("room:1");
      const reader = await b.reader("room:1");
      const members = () => a.hub.members(contract.room({ id: "1" }));
      await vi.waitFor(async () => expect(await members()).toHaveLength(2), soon);
      reader.hangUp();
      await vi.waitFor(async () => expect(await members()).toHaveLength(1), soon);
    });
  });
}
