import { defineContract, latest, signal } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lossyNetwork } from "../../../test/support/lossy-network.js";
import { createMemoryNetwork, memoryBroker } from "../../store/broker-memory.js";
import { memoryHistoryStore } from "../../store/history-memory.js";
import { fakeClient, settled } from "../../testing/fake-client.js";
import { fakeClock } from "../../testing/fake-clock.js";
import { createHub } from "../create-hub.js";

const contract = defineContract({
  channels: {
    hint: signal("hint", z.number(), { params: z.object({ even: z.boolean() }).optional() }),
    price: latest("price", z.number()),
  },
});

/** Hubs on one network in memory. */
function setUp(names: readonly string[]) {
  const clock = fakeClock();
  const network = createMemoryNetwork();
  const history = memoryHistoryStore({ now: clock.now });
  const start = (name: string) => {
    const broker = memoryBroker({ network });
    const hub = createHub({
      contract,
      clock,
      history,
      broker,
      nodes: { name },
      heartbeat: { intervalMs: 1e9 },
      authenticate: ({ token }) => (token === undefined ? null : { userId: token }),
      views: {
        hint: (n, wanted) => (!wanted || (n % 2 === 0) === wanted.even ? n : undefined),
      },
    });
    return {
      hub,
      /** As its death: it says nothing more, and hears nothing. */
      die: () => broker[Symbol.asyncDispose](),
    };
  };
  const nodes = names.map(start);
  const connect = async (at: number, userId: string, channel = "hint", params?: object) => {
    const socket = await fakeClient(nodes[at]!.hub.gate);
    socket.receive({ type: "auth", token: userId });
    socket.receive({ type: "subscribe", channel, ...(params && { params }) });
    await settled();
    return socket;
  };
  return { clock, nodes, start, connect };
}

const ann = { userId: "ann" };

describe("several nodes", () => {
  it("know of each other from the start, whoever came first", async () => {
    const { nodes, start } = setUp(["a", "b"]);
    await settled();
    const late = start("c").hub;
    await settled();
    for (const hub of [...nodes.map((node) => node.hub), late]) {
      expect(new Set(hub.nodes.list().map(({ name }) => name))).toEqual(new Set(["a", "b", "c"]));
      expect(hub.nodes.list()[0]).toMatchObject({ name: hub.nodes.name, isThisOne: true });
    }
  });

  it("list the connections of a user wherever they are", async () => {
    const { nodes, connect } = setUp(["a", "b", "c"]);
    await connect(0, "ann");
    await connect(1, "ann", "price");
    await connect(2, "bob");
    const found = await nodes[2]!.hub.nodes.clients(ann);
    expect(found).toMatchObject({ count: 2, missing: [] });
    expect(found.clients).toMatchObject([
      { node: "a", userId: "ann", channels: ["hint"] },
      { node: "b", userId: "ann", channels: ["price"] },
    ]);
    const one = { clientId: found.clients[0]!.clientId };
    expect(await nodes[1]!.hub.nodes.clients(one)).toMatchObject({ count: 1, missing: [] });
  });

  it("send a signal to one user on every node, as each connection wants to see it, and to nobody else", async () => {
    const { nodes, connect } = setUp(["a", "b"]);
    const near = await connect(0, "ann");
    const far = await connect(1, "ann", "hint", { even: true });
    const picky = await connect(1, "ann", "hint", { even: false });
    const elsewhere = await connect(1, "ann", "price");
    const bob = await connect(1, "bob");
    expect(await nodes[0]!.hub.nodes.send(ann, contract.hint(), 2)).toEqual({
      count: 2,
      missing: [],
    });
    await settled();
    for (const reader of [near, far]) {
      expect(reader.got("event")).toMatchObject([{ channel: "hint", data: 2 }]);
    }
    for (const other of [picky, elsewhere, bob]) expect(other.got("event")).toEqual([]);
  });

  it("refuse to send what is no signal or does not fit, before anybody is asked", async () => {
    const { nodes } = setUp(["a", "b"]);
    const { nodes: all } = nodes[0]!.hub;
    await expect(all.send(ann, contract.price(), 1)).rejects.toThrow(/only signals/);
    // @ts-expect-error no number
    await expect(all.send(ann, contract.hint(), "x")).rejects.toThrow(/hint/);
  });

  it("end a user's connections on every node (A22)", async () => {
    const { nodes, connect } = setUp(["a", "b"]);
    const sockets = [await connect(0, "ann"), await connect(1, "ann")];
    const bob = await connect(1, "bob");
    expect(await nodes[1]!.hub.nodes.disconnect(ann)).toEqual({ count: 2, missing: [] });
    for (const socket of sockets) expect(socket.ending).toMatchObject({ code: 4503 });
    expect(bob.ending).toBeUndefined();
  });

  it("end a user's subscriptions to one channel on every node", async () => {
    const { nodes, connect } = setUp(["a", "b"]);
    const far = await connect(1, "ann");
    const ended = await nodes[0]!.hub.nodes.unsubscribe(contract.hint(), ann, "moved out");
    await settled();
    expect(ended).toEqual({ count: 1, missing: [] });
    expect(far.got("unsubscribed")).toMatchObject([{ channel: "hint", reason: "moved out" }]);
  });

  it("say which of them did not answer in time, and forget one that stays silent", async () => {
    const { clock, nodes, connect } = setUp(["a", "b", "c"]);
    await connect(0, "ann");
    await connect(1, "ann");
    await nodes[1]!.die();
    const asking = nodes[0]!.hub.nodes.disconnect(ann);
    await settled();
    clock.advance(2_000);
    expect(await asking).toEqual({ count: 1, missing: ["b"] });
    for (let beat = 0; beat < 4; beat += 1) {
      clock.advance(5_000);
      await settled();
    }
    expect(nodes[0]!.hub.nodes.list().map(({ name }) => name)).toEqual(["a", "c"]);
    expect(await nodes[0]!.hub.nodes.clients(ann)).toMatchObject({ missing: [] });
  });

  it("are told at once of one that goes as it should", async () => {
    const { nodes } = setUp(["a", "b"]);
    await settled();
    await nodes[1]!.hub.close({ drainWithin: 0 });
    await settled();
    expect(nodes[0]!.hub.nodes.list()).toMatchObject([{ name: "a" }]);
  });

  it("do not hear what a client publishes on a channel of theirs", async () => {
    const { connect } = setUp(["a"]);
    const client = await connect(0, "ann", "tocsin::nodes");
    expect(client.got("error")).toMatchObject([{ code: "unknown-channel" }]);
  });
});

describe("a node whose broker is away", () => {
  it("counts the others as missing, however long it has not heard of them", async () => {
    const clock = fakeClock();
    const quiet = { lose: 0, repeat: 0, delay: 0, delayMs: 0 };
    const network = lossyNetwork({ clock, seed: 1, mischief: quiet });
    const brokers = [network.join(), network.join()];
    const [hub] = brokers.map((broker, n) =>
      createHub({ contract, clock, broker, nodes: { name: `${n}` } }),
    );
    await settled();
    brokers[0]!.cut();
    expect(hub!.health()).toEqual({ ok: false, draining: false, broker: "down" });
    expect(hub!.stats().broker).toMatchObject({ state: "down", outages: 1 });
    for (let beat = 0; beat < 10; beat += 1) {
      clock.advance(5_000);
      await settled();
    }
    expect(await hub!.nodes.clients(ann)).toMatchObject({ count: 0, missing: ["1"] });
    brokers[0]!.mend();
    clock.advance(5_000);
    await settled();
    expect(hub!.health().ok).toBe(true);
    expect(await hub!.nodes.clients(ann)).toMatchObject({ count: 0, missing: [] });
  });
});

describe("a hub without a broker to share", () => {
  it("is the only node", async () => {
    const hub = createHub({ contract, nodes: { name: "alone" } });
    expect(hub.nodes.list()).toMatchObject([{ name: "alone", isThisOne: true }]);
    expect(await hub.nodes.disconnect(ann)).toEqual({ count: 0, missing: [] });
    await hub.close({ drainWithin: 0 });
  });
});
