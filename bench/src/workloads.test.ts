import { describe, expect, it } from "vitest";
import {
  channelAt,
  channelsOf,
  fanOutWorkloads,
  readersPerChannel,
  type Shape,
} from "./workloads.js";

const shapes = (quick: boolean) =>
  fanOutWorkloads(quick).map(({ name, shape }) => [name, shape] as const);

describe.each([...shapes(true), ...shapes(false)])("the readers of %s", (_name, shape) => {
  it("are spread evenly, so that every channel has as many", () => {
    const readers = new Map<number, number>();
    for (let connection = 0; connection < shape.connections; connection++) {
      for (const channel of channelsOf(shape, connection)) {
        readers.set(channel, (readers.get(channel) ?? 0) + 1);
      }
    }
    expect(readers.size).toBe(shape.channels);
    expect(new Set(readers.values())).toEqual(new Set([readersPerChannel(shape)]));
  });
});

describe("connections that are merely there", () => {
  const shape: Shape = { connections: 2, channels: 2, channelsPerConnection: 1, idle: 3 };

  it("are on a channel that nothing is published on", () => {
    expect([0, 1, 2, 4].map((connection) => channelsOf(shape, connection))).toEqual([
      [0],
      [1],
      [2],
      [2],
    ]);
  });
});

describe("readers of alerts", () => {
  it("are on the channel of alerts besides their own", () => {
    const shape: Shape = { connections: 2, channels: 2, channelsPerConnection: 1, alerts: true };
    expect(channelsOf(shape, 1)).toEqual([1, 2]);
  });
});

describe("the channels of events in turn", () => {
  it.each([1, 2, 7, 40, 400, 2_000])("are all %d of them before one comes again", (channels) => {
    const first = Array.from({ length: channels }, (_, n) => channelAt(n + 1_000, channels));
    expect(new Set(first).size).toBe(channels);
  });

  it.each([false, true])(
    "give W2 about one event for each reader they reach (quick: %s)",
    (quick) => {
      const workload = fanOutWorkloads(quick).find(({ name }) => name === "W2");
      if (!workload) throw new Error("no W2");
      const { shape, eventsPerTick } = workload;
      const published = new Set(
        Array.from({ length: eventsPerTick }, (_, n) => channelAt(n, shape.channels)),
      );
      const reached = Array.from({ length: shape.connections }, (_, connection) =>
        channelsOf(shape, connection).filter((channel) => published.has(channel)),
      ).filter(({ length }) => length > 0);
      const deliveries = eventsPerTick * readersPerChannel(shape);
      expect(deliveries / reached.length).toBeLessThan(1.3);
    },
  );
});
