import { describe, expect, it } from "vitest";
import { channelsOf, fanOutWorkloads, readersPerChannel, type Shape } from "./workloads.js";

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
