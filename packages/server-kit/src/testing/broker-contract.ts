import { describe, expect, it, vi } from "vitest";
import type { Broker } from "../store/broker.js";
import type { ChannelEvent } from "../store/event.js";

/** Two nodes under test that are connected with each other. */
export interface BrokerSubject extends AsyncDisposable {
  readonly a: Broker;
  readonly b: Broker;
}

/** What every {@link Broker} promises. Run it over your own with a function that connects two fresh nodes. */
export function describeBroker(name: string, open: () => Promise<BrokerSubject>): void {
  describe(`Broker: ${name}`, () => {
    it("brings an event to the node that published it and to the others", async () => {
      await using subject = await open();
      const [atA, atB] = [collect(subject.a), collect(subject.b)];
      await subject.a.subscribe("stock:1");
      await subject.b.subscribe("stock:1");
      await subject.a.publish(event("stock:1", 1));
      await vi.waitFor(() => expect(atA).toEqual([event("stock:1", 1)]));
      await vi.waitFor(() => expect(atB).toEqual([event("stock:1", 1)]));
    });

    it("carries every field unchanged", async () => {
      await using subject = await open();
      const received = collect(subject.b);
      const full: ChannelEvent = {
        channel: "chain:%E8%82%A1",
        mode: "table",
        epoch: "e-1",
        offset: 12,
        data: { text: "警报\u0000", list: [1.5, null, { __proto__: null, deep: true }] },
        timestamp: 1_700_000_000_000,
        key: "__proto__",
        removed: false,
      };
      await subject.b.subscribe(full.channel);
      await subject.a.publish(full);
      await vi.waitFor(() => expect(received).toEqual([full]));
    });

    it("brings nothing to a node that did not ask for the channel", async () => {
      await using subject = await open();
      const [atA, atB] = [collect(subject.a), collect(subject.b)];
      await subject.a.subscribe("stock:1");
      await subject.b.subscribe("stock:2");
      await subject.a.publish(event("stock:1", 1));
      await subject.a.publish(event("stock:2", 1));
      await vi.waitFor(() => expect(atB).toEqual([event("stock:2", 1)]));
      await vi.waitFor(() => expect(atA).toEqual([event("stock:1", 1)]));
    });

    it("brings one copy of an event however often its channel was asked for", async () => {
      await using subject = await open();
      const received = collect(subject.a);
      await subject.a.subscribe("stock:1");
      await subject.a.subscribe("stock:1");
      await subject.b.publish(event("stock:1", 1));
      await subject.b.publish(event("stock:1", 2));
      await vi.waitFor(() => expect(received.at(-1)).toEqual(event("stock:1", 2)));
      expect(received).toHaveLength(2);
    });

    it("brings everything published after a subscribe has resolved", async () => {
      await using subject = await open();
      for (let round = 1; round <= 20; round += 1) {
        const received = collect(subject.a);
        await subject.a.subscribe(`stock:${round}`);
        await subject.b.publish(event(`stock:${round}`, 1));
        await vi.waitFor(() => expect(received).toEqual([event(`stock:${round}`, 1)]));
      }
    });

    it("brings nothing after an unsubscribe, and everything after the next subscribe", async () => {
      await using subject = await open();
      const received = collect(subject.a);
      await subject.a.unsubscribe("never asked for");
      await subject.a.subscribe("sentinel");
      await subject.a.subscribe("stock:1");
      await subject.a.unsubscribe("stock:1");
      await subject.b.publish(event("stock:1", 1));
      await subject.b.publish(event("sentinel", 1));
      await vi.waitFor(() => expect(received).toEqual([event("sentinel", 1)]));
      await subject.a.subscribe("stock:1");
      await subject.b.publish(event("stock:1", 2));
      await vi.waitFor(() => expect(received.at(-1)).toEqual(event("stock:1", 2)));
      expect(received).toHaveLength(2);
    });

    it("keeps the order of each publisher on a channel", async () => {
      await using subject = await open();
      const [atA, atB] = [collect(subject.a), collect(subject.b)];
      await subject.a.subscribe("stock:1");
      await subject.b.subscribe("stock:1");
      const sent = Array.from({ length: 500 }, (_, index) => event("stock:1", index + 1));
      await Promise.all(sent.map((one) => subject.a.publish(one)));
      await vi.waitFor(() => expect(atA).toHaveLength(500));
      await vi.waitFor(() => expect(atB).toHaveLength(500));
      expect(atA).toEqual(sent);
      expect(atB).toEqual(sent);
    });

    it("keeps that order when a listener publishes in between", async () => {
      await using subject = await open();
      const atB = collect(subject.b);
      await subject.a.subscribe("stock:1");
      await subject.b.subscribe("stock:1");
      subject.a.onEvent(({ offset }) => {
        if (offset < 5) void subject.a.publish(event("stock:1", offset + 1));
      });
      await subject.a.publish(event("stock:1", 1));
      await vi.waitFor(() => expect(atB.map(({ offset }) => offset)).toEqual([1, 2, 3, 4, 5]));
    });

    it("lets neither the publisher nor the other nodes suffer from a listener that throws", async () => {
      await using subject = await open();
      subject.a.onEvent(() => {
        throw new Error("broken listener");
      });
      const atB = collect(subject.b);
      await subject.a.subscribe("stock:1");
      await subject.b.subscribe("stock:1");
      await subject.a.publish(event("stock:1", 1));
      await subject.b.publish(event("stock:1", 2));
      await vi.waitFor(() => expect(atB.map(({ offset }) => offset)).toEqual([1, 2]));
    });

    it("calls a listener no more once it was taken back", async () => {
      await using subject = await open();
      const first: ChannelEvent[] = [];
      const takeBack = subject.a.onEvent((one) => first.push(one));
      await subject.a.subscribe("stock:1");
      takeBack();
      takeBack();
      const second = collect(subject.a);
      await subject.a.publish(event("stock:1", 1));
      await vi.waitFor(() => expect(second).toHaveLength(1));
      expect(first).toEqual([]);
    });

    it("takes every channel for a literal string (A33, A37)", async () => {
      await using subject = await open();
      const received = collect(subject.a);
      for (const channel of ["__proto__", "stock:*", "stock:>", "stock:[1]"]) {
        await subject.a.subscribe(channel);
      }
      await subject.b.publish(event("stock:1", 1));
      await subject.b.publish(event("__proto__", 1));
      await subject.b.publish(event("stock:*", 1));
      await vi.waitFor(() =>
        expect(received).toEqual([event("__proto__", 1), event("stock:*", 1)]),
      );
    });

    it("goes on for one node when the other is closed, twice even", async () => {
      await using subject = await open();
      const atB = collect(subject.b);
      await subject.a.subscribe("stock:1");
      await subject.b.subscribe("stock:1");
      await subject.a[Symbol.asyncDispose]();
      await subject.a[Symbol.asyncDispose]();
      await subject.b.publish(event("stock:1", 1));
      await vi.waitFor(() => expect(atB).toEqual([event("stock:1", 1)]));
      await expect(subject.a.publish(event("stock:1", 2))).rejects.toThrow(Error);
    });
  });
}

function event(channel: string, offset: number): ChannelEvent {
  return {
    channel,
    mode: "log",
    epoch: "e",
    offset,
    data: { n: offset },
    timestamp: 1_000 + offset,
  };
}

function collect(broker: Broker): ChannelEvent[] {
  const received: ChannelEvent[] = [];
  broker.onEvent((one) => received.push(one));
  return received;
}
