import type { ChannelRef } from "@tocsin/protocol";
import { silentLogger } from "@tocsin/server-kit";
import { fakeClock } from "@tocsin/server-kit/testing";
import { describe, expect, it } from "vitest";
import { createBook } from "./market/book.js";
import { INDEX } from "./market/instruments.js";
import { createPublishing } from "./publishing.js";

function setUp() {
  const clock = fakeClock();
  const book = createBook([INDEX]);
  const sent: [channel: string, data: unknown][] = [];
  const state = { ticks: 0, broken: false };
  const publishing = createPublishing({
    hub: {
      async publish(ref: ChannelRef, data: unknown) {
        if (state.broken) throw new Error("no hub");
        sent.push([ref.name, data]);
        return { epoch: "e", offset: 1, duplicate: false };
      },
    },
    book,
    status: () => ({
      running: true,
      speed: 1,
      marketTime: null,
      ticks: state.ticks,
      fired: 0,
      suppressed: 0,
      ended: false,
    }),
    clock,
    logger: silentLogger,
  });
  const take = (price: number) => {
    book.take({ symbol: "SPX", price, at: price, volume: 0 });
    publishing.changed("SPX");
  };
  return { clock, sent, state, publishing, take, channels: () => sent.map(([channel]) => channel) };
}

describe("createPublishing", () => {
  it("publishes the newest price of a symbol once, however many ticks there were", async () => {
    const { publishing, take, sent, channels } = setUp();
    for (const price of [1, 2, 3]) take(price);
    await publishing.flush();
    expect(channels()).toEqual(["stock:SPX", "market:all", "candle:SPX", "service"]);
    expect(sent[0]?.[1]).toMatchObject({ price: 3 });
  });

  it("publishes nothing when nothing changed, the status only when it did", async () => {
    const { publishing, sent, state, channels } = setUp();
    await publishing.flush();
    await publishing.flush();
    expect(channels()).toEqual(["service"]);
    state.ticks += 1;
    await publishing.flush();
    expect(sent).toHaveLength(2);
  });

  it("survives a failure and goes on with newer values", async () => {
    const { publishing, take, state, sent } = setUp();
    state.broken = true;
    take(1);
    await publishing.flush();
    state.broken = false;
    take(2);
    await publishing.flush();
    expect(sent[0]?.[1]).toMatchObject({ price: 2 });
  });

  it("goes by its clock until it is closed", () => {
    const { publishing, clock } = setUp();
    expect(clock.pending).toBe(1);
    publishing.close();
    expect(clock.pending).toBe(0);
  });
});
