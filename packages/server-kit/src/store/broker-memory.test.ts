import { expect, it } from "vitest";
import { silentLogger } from "../logger.js";
import { describeBroker } from "../testing/broker-contract.js";
import { createMemoryNetwork, memoryBroker } from "./broker-memory.js";
import type { ChannelEvent } from "./event.js";

describeBroker("memory", async () => {
  const network = createMemoryNetwork();
  const [a, b] = [memoryBroker({ network }), memoryBroker({ network })];
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
});

const EVENT: ChannelEvent = {
  channel: "stock:1",
  mode: "latest",
  epoch: "e",
  offset: 1,
  data: { secret: "payload" },
  timestamp: 1,
};

it("keeps networks apart", async () => {
  const [a, b] = [memoryBroker(), memoryBroker()];
  const received: ChannelEvent[] = [];
  b.onEvent((event) => received.push(event));
  await b.subscribe("stock:1");
  await a.publish(EVENT);
  expect(received).toEqual([]);
});

it("has delivered when publish returns, so that a process of one node waits for nothing", async () => {
  const broker = memoryBroker();
  const received: ChannelEvent[] = [];
  broker.onEvent((event) => received.push(event));
  await broker.subscribe("stock:1");
  const published = broker.publish(EVENT);
  expect(received).toEqual([EVENT]);
  await published;
});

it("logs a listener that throws, without the event's data", async () => {
  const lines: [object, string][] = [];
  const logger = { ...silentLogger, error: (...line: [object, string]) => lines.push(line) };
  const broker = memoryBroker({ logger });
  const broken = new Error("broken listener");
  broker.onEvent(() => {
    throw broken;
  });
  await broker.subscribe("stock:1");
  await broker.publish(EVENT);
  expect(lines).toEqual([
    [{ err: broken, channel: "stock:1", offset: 1 }, "a listener of the broker threw"],
  ]);
});

it("does not bring an event to a node that asked while it was on its way", async () => {
  const network = createMemoryNetwork();
  const [a, b] = [memoryBroker({ network }), memoryBroker({ network })];
  const received: ChannelEvent[] = [];
  b.onEvent((event) => received.push(event));
  a.onEvent(() => void b.subscribe("stock:1"));
  await a.subscribe("stock:1");
  await a.publish(EVENT);
  expect(received).toEqual([]);
  await a.publish({ ...EVENT, offset: 2 });
  expect(received).toMatchObject([{ offset: 2 }]);
});
