import { defineContract, latest } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fakeConnection } from "../testing/fake-connection.js";
import type { Alike } from "./readers.js";
import { createSubscriptionManager } from "./subscription-manager.js";

const contract = defineContract({ channels: { price: latest("price:{symbol}", z.number()) } });
const price = contract.price({ symbol: "a" });

function crowd(size: number) {
  const manager = createSubscriptionManager();
  const connections = Array.from({ length: size }, () => fakeConnection());
  for (const connection of connections) manager.add(connection, price);
  const readers = () => {
    const found = manager.readers(price.name);
    if (!found) throw new Error("the channel has no readers");
    return found;
  };
  return { manager, connections, readers };
}

function alike(readers: number): Alike {
  const codecs = Array.from({ length: readers }, () => fakeConnection().codec);
  return { epoch: "e", offset: 1, codecs };
}

describe("the readers of a channel", () => {
  it("stand beside their outboxes, whoever has left, and whoever came again", () => {
    const { manager, connections, readers } = crowd(10);
    for (const n of [0, 9, 4, 4, 5]) {
      const connection = connections[n];
      if (connection) manager.remove(connection, price.name);
    }
    for (const n of [4, 7]) {
      const connection = connections[n];
      if (connection) manager.add(connection, price);
    }
    const { list, outboxes } = readers();
    expect(outboxes).toEqual(list.map(({ connection }) => connection.outbox));
    expect(list.map(({ place }) => place)).toEqual([...list.keys()]);
    const left = new Set([1, 2, 3, 4, 6, 7, 8].map((n) => connections[n]));
    expect(new Set(list.map(({ connection }) => connection))).toEqual(left);
    expect(list).toHaveLength(left.size);
  });

  it("are not known to be alike any more when one comes, and still are when one leaves", () => {
    const { manager, connections, readers } = crowd(3);
    const known = alike(1);
    readers().alike = known;
    if (connections[0]) manager.remove(connections[0], price.name);
    expect(readers().alike).toBe(known);
    manager.add(fakeConnection(), price);
    expect(readers().alike).toBeUndefined();
  });

  it("may have lost a format with one who leaves, so nothing is written in it for nobody", () => {
    const { manager, connections, readers } = crowd(3);
    readers().alike = alike(2);
    if (connections[0]) manager.remove(connections[0], price.name);
    expect(readers().alike).toBeUndefined();
  });

  it("count every change, so that whoever walked them knows whether they are the same", () => {
    const { manager, connections, readers } = crowd(2);
    const before = readers().changes;
    if (connections[1]) manager.remove(connections[1], price.name);
    manager.add(fakeConnection(), price);
    expect(readers().changes).toBe(before + 2);
  });
});

describe("a connection with many subscriptions", () => {
  it("finds, replaces, walks and leaves each of them, below and above where its list becomes a map", () => {
    const manager = createSubscriptionManager();
    const connection = fakeConnection();
    const refs = Array.from({ length: 40 }, (_, n) => contract.price({ symbol: String(n) }));
    for (const [n, ref] of refs.entries()) {
      manager.add(connection, ref);
      const again = manager.add(connection, ref);
      expect(manager.get(connection, ref.name)).toBe(again);
      expect(manager.count(connection)).toBe(n + 1);
    }
    expect([...manager.of(connection)].map(({ channel }) => channel)).toEqual(refs);
    for (const [n, { name }] of refs.entries()) {
      manager.remove(connection, name);
      expect(manager.get(connection, name)).toBeUndefined();
      expect(manager.count(connection)).toBe(refs.length - n - 1);
    }
    expect(manager.size).toBe(0);
  });
});
