import { describe, expect, it } from "vitest";
import type { ConnectionLimits, ConnectionManager } from "../connection/connection-manager.js";
import { fakeConnection } from "./fake-connection.js";

const ROOMY: ConnectionLimits = { connections: 1_000, connectionsPerAddress: 1_000 };

/** What every {@link ConnectionManager} promises. Run it over your own with a function that makes a fresh one. */
export function describeConnectionManager(
  name: string,
  create: (limits: ConnectionLimits) => ConnectionManager,
): void {
  describe(`ConnectionManager: ${name}`, () => {
    it("admits up to the limit of all, and again when a place is given back (A9)", () => {
      const manager = create({ connections: 2, connectionsPerAddress: 10 });
      const first = manager.admit("192.0.2.1");
      expect(manager.admit("192.0.2.2")).toMatchObject({ ok: true });
      expect(manager.admit("192.0.2.3")).toEqual({ ok: false, limit: "connections" });
      if (first.ok) first.free();
      expect(manager.admit("192.0.2.3")).toMatchObject({ ok: true });
    });

    it("admits up to the limit of one address, and others all the same (A9)", () => {
      const manager = create({ connections: 10, connectionsPerAddress: 1 });
      const first = manager.admit("192.0.2.1");
      expect(manager.admit("192.0.2.1")).toEqual({ ok: false, limit: "connectionsPerAddress" });
      expect(manager.admit("192.0.2.2")).toMatchObject({ ok: true });
      if (first.ok) first.free();
      expect(manager.admit("192.0.2.1")).toMatchObject({ ok: true });
    });

    it("takes a place back once, however often it is given back (A10)", () => {
      const manager = create({ connections: 2, connectionsPerAddress: 2 });
      const first = manager.admit("192.0.2.1");
      expect(manager.admit("192.0.2.1").ok).toBe(true);
      if (first.ok) {
        first.free();
        first.free();
      }
      expect(manager.admit("192.0.2.1").ok).toBe(true);
      expect(manager.admit("192.0.2.1").ok).toBe(false);
    });

    it("has all its places again after a storm of handshakes (A10, F17)", () => {
      const manager = create({ connections: 3, connectionsPerAddress: 3 });
      for (let turn = 0; turn < 1_000; turn += 1) {
        const place = manager.admit(`192.0.2.${turn % 7}`);
        expect(place.ok).toBe(true);
        if (place.ok) place.free();
      }
      for (let turn = 0; turn < 3; turn += 1) expect(manager.admit("__proto__").ok).toBe(true);
      expect(manager.admit("__proto__").ok).toBe(false);
    });

    it("does not take back a connection that went before it was known whose it is", () => {
      const manager = create(ROOMY);
      const late = fakeConnection();
      manager.add(late);
      manager.remove(late);
      late.identity = { status: "known", principal: { userId: "ann" } };
      manager.identified(late);
      expect(manager.ofUser("ann")).toEqual([]);
    });

    it("finds a connection by its id until it is removed, twice even", () => {
      const manager = create(ROOMY);
      const [a, b] = [fakeConnection({ id: "__proto__" }), fakeConnection()];
      manager.add(a);
      manager.add(b);
      expect(manager.size).toBe(2);
      expect(manager.get("__proto__")).toBe(a);
      expect(manager.get("constructor")).toBeUndefined();
      manager.remove(a);
      manager.remove(a);
      expect(manager.get("__proto__")).toBeUndefined();
      expect([...manager.all()]).toEqual([b]);
      expect(manager.size).toBe(1);
    });

    it("finds the connections of a user, and forgets the user with the last of them", () => {
      const manager = create(ROOMY);
      const [phone, laptop] = [
        fakeConnection({ userId: "ada" }),
        fakeConnection({ userId: "ada" }),
      ];
      const other = fakeConnection({ userId: "bob" });
      for (const connection of [phone, laptop, other]) manager.add(connection);
      expect(new Set(manager.ofUser("ada"))).toEqual(new Set([phone, laptop]));
      manager.remove(phone);
      expect(manager.ofUser("ada")).toEqual([laptop]);
      manager.remove(laptop);
      expect(manager.ofUser("ada")).toEqual([]);
      expect(manager.ofUser("bob")).toEqual([other]);
      expect(manager.ofUser("constructor")).toEqual([]);
    });

    it("finds a connection by its user from the moment it says whose it is", () => {
      const manager = create(ROOMY);
      const connection = fakeConnection({ identity: { status: "unproven", deadline: 3_000 } });
      manager.add(connection);
      expect(manager.ofUser("ada")).toEqual([]);
      connection.identity = { status: "known", principal: { userId: "ada" } };
      manager.identified(connection);
      manager.identified(connection);
      expect(manager.ofUser("ada")).toEqual([connection]);
    });

    it("returns a list of a user's connections that closing them does not disturb", () => {
      const manager = create(ROOMY);
      for (let turn = 0; turn < 5; turn += 1) manager.add(fakeConnection({ userId: "ada" }));
      for (const connection of manager.ofUser("ada")) manager.remove(connection);
      expect(manager.size).toBe(0);
    });
  });
}
