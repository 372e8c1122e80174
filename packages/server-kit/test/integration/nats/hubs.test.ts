import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { natsStores, openNats } from "../../../src/nats/index.js";
import { itServesTwoHubs } from "../../support/hub-cases.js";
import { contract, type HubNode, seen, soon, startHubNode } from "../../support/hub-node.js";
import { type NatsServer, startNats } from "../../support/nats.js";
import { cuttableLine } from "../../support/redis.js";

let server: NatsServer;

beforeAll(async () => {
  server = await startNats();
});

afterAll(() => server[Symbol.asyncDispose]());

async function startNode(port?: number): Promise<HubNode> {
  const connection = await server.connect(port);
  const nats = await openNats({ connection, timeoutMs: 10_000 });
  const stores = natsStores(nats);
  return startHubNode(stores, async () => {
    await stores[Symbol.asyncDispose]();
    await nats[Symbol.asyncDispose]();
    await connection.close();
  });
}

itServesTwoHubs(() => startNode());

describe("a hub whose line to NATS is cut", () => {
  it("brings its readers every event all the same, for it looks up what it missed (F9)", async () => {
    await using line = await cuttableLine(server.port);
    await using a = await startNode();
    await using b = await startNode(Number(new URL(line.url).port));
    const channel = contract.fills({ id: "cut" });
    const reader = await b.reader(channel.name);
    let n = 0;
    for (let turn = 0; turn < 4; turn += 1) {
      for (let index = 0; index < 20; index += 1) {
        n += 1;
        if (index === 10) line.cut();
        await a.hub.publish(channel, n);
      }
    }
    await vi.waitFor(() => expect(seen(reader)).toHaveLength(n), soon);
    expect(seen(reader)).toEqual(Array.from({ length: n }, (_, index) => [index + 1, index + 1]));
    expect(b.hub.stats().broker.outages).toBeGreaterThan(0);
  });
});
