import { type ChannelRef, defineContract, signal } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type {
  InterestListener,
  SubscriptionManager,
} from "../subscription/subscription-manager.js";
import { fakeConnection } from "./fake-connection.js";

const contract = defineContract({ channels: { room: signal("room:{id}", z.number()) } });
const room = (id: string): ChannelRef => contract.room({ id });

/** What every {@link SubscriptionManager} promises. Run it over your own with a function that makes a fresh one. */
export function describeSubscriptionManager(
  name: string,
  create: (onInterest?: InterestListener) => SubscriptionManager,
): void {
  describe(`SubscriptionManager: ${name}`, () => {
    it("finds a subscription from either end", () => {
      const manager = create();
      const connection = fakeConnection();
      const subscription = manager.add(connection, room("1"), { params: { depth: 5 } });
      expect(subscription).toMatchObject({ params: { depth: 5 }, stage: { is: "joining" } });
      expect(manager.get(connection, "room:1")).toBe(subscription);
      expect([...manager.on("room:1")]).toEqual([subscription]);
      expect([...manager.of(connection)]).toEqual([subscription]);
      expect(manager).toMatchObject({ size: 1 });
      expect(manager.count(connection)).toBe(1);
      expect(manager.hasSubscribers("room:1")).toBe(true);
      expect([...manager.activeChannels()]).toEqual(["room:1"]);
    });

    it("knows nothing of channels nobody is on, whatever they are called (A33)", () => {
      const manager = create();
      for (const channel of ["room:1", "__proto__", "constructor"]) {
        expect(manager.hasSubscribers(channel)).toBe(false);
        expect([...manager.on(channel)]).toEqual([]);
        expect(manager.get(fakeConnection(), channel)).toBeUndefined();
      }
      expect([...manager.of(fakeConnection())]).toEqual([]);
      expect(manager.count(fakeConnection())).toBe(0);
    });

    it("walks the readers of one channel and no others", () => {
      const manager = create();
      const connections = Array.from({ length: 20 }, () => fakeConnection());
      for (const connection of connections) {
        for (let id = 0; id < 50; id += 1) manager.add(connection, room(String(id)));
      }
      const readers = [...manager.on("room:7")];
      expect(readers.map(({ connection }) => connection)).toEqual(connections);
      expect(manager.size).toBe(1_000);
    });

    it("puts a second subscribe of a connection in the place of the first", () => {
      const manager = create();
      const connection = fakeConnection();
      const first = manager.add(connection, room("1"), { params: 1 });
      const second = manager.add(connection, room("1"), { params: 2 });
      expect(first.stage).toEqual({ is: "ended" });
      expect([...manager.on("room:1")]).toEqual([second]);
      expect([...manager.of(connection)]).toEqual([second]);
      expect(manager.size).toBe(1);
    });

    it("ends one subscription and leaves the others", () => {
      const manager = create();
      const [a, b] = [fakeConnection(), fakeConnection()];
      const ended = manager.add(a, room("1"));
      const other = manager.add(b, room("1"));
      const elsewhere = manager.add(a, room("2"));
      expect(manager.remove(a, "room:1")).toBe(ended);
      expect(manager.remove(a, "room:1")).toBeUndefined();
      expect(ended.stage).toEqual({ is: "ended" });
      expect([...manager.on("room:1")]).toEqual([other]);
      expect([...manager.of(a)]).toEqual([elsewhere]);
    });

    it("ends all subscriptions of a connection that closes, and of no other", () => {
      const manager = create();
      const [a, b] = [fakeConnection(), fakeConnection()];
      const own = ["1", "2", "3"].map((id) => manager.add(a, room(id)));
      const other = manager.add(b, room("2"));
      expect(new Set(manager.removeAll(a))).toEqual(new Set(own));
      expect(manager.removeAll(a)).toEqual([]);
      expect(own.map(({ stage }) => stage.is)).toEqual(["ended", "ended", "ended"]);
      expect([...manager.activeChannels()]).toEqual(["room:2"]);
      expect([...manager.on("room:2")]).toEqual([other]);
    });

    it("tells of the first reader of a channel and of the last, and of none between", () => {
      const told: string[] = [];
      const manager = create((channel, wanted) => told.push(`${wanted ? "+" : "-"}${channel}`));
      const [a, b] = [fakeConnection(), fakeConnection()];
      manager.add(a, room("1"));
      manager.add(b, room("1"));
      manager.add(a, room("1")); // in place of its first: interest never lapses
      manager.remove(a, "room:1");
      expect(told).toEqual(["+room:1"]);
      manager.removeAll(b);
      manager.removeAll(b);
      expect(told).toEqual(["+room:1", "-room:1"]);
    });

    it("has told of the first reader when the index already holds it", () => {
      const seen: boolean[] = [];
      const manager = create((channel) => seen.push(manager.hasSubscribers(channel)));
      const connection = fakeConnection();
      manager.add(connection, room("1"));
      manager.remove(connection, "room:1");
      expect(seen).toEqual([true, false]);
    });

    it("agrees with a plain list through a storm, and is empty after it (F17)", () => {
      const interest = new Set<string>();
      const manager = create((channel, wanted) => {
        if (wanted) interest.add(channel);
        else interest.delete(channel);
      });
      const connections = Array.from({ length: 5 }, () => fakeConnection());
      const list = new Set<string>();
      let seed = 1;
      const random = (below: number) => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % below;
      };
      for (let turn = 0; turn < 1_000; turn += 1) {
        const who = random(connections.length);
        const connection = connections[who] ?? fakeConnection();
        const id = String(random(8));
        const action = random(10);
        if (action < 6) {
          manager.add(connection, room(id));
          list.add(`${who} room:${id}`);
        } else if (action < 9) {
          manager.remove(connection, `room:${id}`);
          list.delete(`${who} room:${id}`);
        } else {
          manager.removeAll(connection);
          for (const entry of list) if (entry.startsWith(`${who} `)) list.delete(entry);
        }
        expect(manager.size).toBe(list.size);
        const active = new Set([...list].map((entry) => entry.slice(2)));
        expect(new Set(manager.activeChannels())).toEqual(active);
        expect(interest).toEqual(active);
      }
      for (const connection of connections) manager.removeAll(connection);
      expect(manager.size).toBe(0);
      expect([...manager.activeChannels()]).toEqual([]);
    });
  });
}
