import { describe, expect, it } from "vitest";
import type { BrokerState } from "../store/broker.js";
import { settled } from "../testing/fake-client.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createSubscriber, type Home, type MessageListener } from "./subscriber.js";

/** A server whose connections the test can lose, and whose answers it can hold back. */
function fakeServer(address: string) {
  type Link = {
    readonly subscribed: Map<string, MessageListener>;
    lose(): void;
    move(channel: string): void;
  };
  const links: Link[] = [];
  const held: (() => void)[] = [];
  const state = { up: true, slow: false };
  const home: Home = {
    address,
    open() {
      const listeners = new Map<string, (...args: unknown[]) => void>();
      const subscribed = new Map<string, MessageListener>();
      let alive = true;
      const die = () => {
        alive = false;
        subscribed.clear();
      };
      links.push({
        subscribed,
        lose() {
          die();
          listeners.get("error")?.(new Error("cut"));
        },
        move(channel) {
          subscribed.delete(channel);
          listeners.get("sharded-channel-moved")?.(channel);
        },
      });
      return {
        async connect() {
          if (!state.up) throw new Error("refused");
        },
        async sSubscribe(channel, listener) {
          if (state.slow) await new Promise<void>((resolve) => held.push(resolve));
          if (!alive) throw new Error("cut");
          subscribed.set(channel, listener);
        },
        async sUnsubscribe(channel) {
          subscribed.delete(channel);
        },
        on: (event, listener) => listeners.set(event, listener),
        destroy: die,
      };
    },
  };
  return {
    home,
    links,
    state,
    release: () => held.splice(0).forEach((resolve) => void resolve()),
    channels: () => links.flatMap(({ subscribed }) => [...subscribed.keys()]),
    say: (channel: string, text: string) => {
      for (const { subscribed } of links) subscribed.get(channel)?.(text);
    },
  };
}

function setUp(homes?: Parameters<typeof createSubscriber>[0]["homes"]) {
  const clock = fakeClock();
  const server = fakeServer("one");
  const subscriber = createSubscriber({
    homes: homes ?? { locate: async () => server.home },
    timeoutMs: 1_000,
    clock,
  });
  const states: BrokerState["is"][] = [];
  subscriber.onState(({ is }) => states.push(is));
  const heard: string[] = [];
  const hear = (text: string) => void heard.push(text);
  return { clock, server, subscriber, states, heard, hear };
}

describe("a subscriber", () => {
  it("says that it is down once, and up when every channel is asked for again", async () => {
    const { clock, server, subscriber, states, heard, hear } = setUp();
    for (const channel of ["a", "b", "c"]) await subscriber.subscribe(channel, hear);
    server.state.up = false;
    server.links[0]?.lose();
    for (let second = 0; second < 5; second += 1) {
      clock.advance(1_000);
      await settled();
    }
    expect(states).toEqual(["down"]);
    server.state.up = true;
    clock.advance(1_000);
    await settled();
    expect(states).toEqual(["down", "up"]);
    expect(server.channels()).toEqual(["a", "b", "c"]);
    server.say("b", "again");
    expect(heard).toEqual(["again"]);
  });

  it("looks for a channel that moved, and leaves the others where they are", async () => {
    const [one, two] = [fakeServer("one"), fakeServer("two")];
    let moved = false;
    const { clock, subscriber, states, hear } = setUp({
      locate: async (channel) => (moved && channel === "a" ? two.home : one.home),
    });
    for (const channel of ["a", "b"]) await subscriber.subscribe(channel, hear);
    moved = true;
    one.links[0]?.move("a");
    clock.advance(50);
    await settled();
    expect([one.channels(), two.channels()]).toEqual([["b"], ["a"]]);
    expect(states).toEqual(["down", "up"]);
    expect(one.links).toHaveLength(1);
  });

  it("does not come back for a channel that nobody wants any more", async () => {
    const { clock, server, subscriber, hear } = setUp();
    for (const channel of ["a", "b"]) await subscriber.subscribe(channel, hear);
    server.links[0]?.lose();
    await subscriber.unsubscribe("a");
    clock.advance(50);
    await settled();
    expect(server.channels()).toEqual(["b"]);
  });

  it("takes back what was asked for and given up before there was an answer", async () => {
    const { server, subscriber, heard, hear } = setUp();
    server.state.slow = true;
    const subscribing = subscriber.subscribe("a", hear);
    await settled();
    const leaving = subscriber.unsubscribe("a");
    server.release();
    await Promise.all([subscribing, leaving]);
    server.say("a", "nobody");
    expect(server.channels()).toEqual([]);
    expect(heard).toEqual([]);
  });

  it("gives a subscription up after its time, and wants the channel no more", async () => {
    const { clock, server, subscriber, hear } = setUp();
    server.state.slow = true;
    const subscribing = subscriber.subscribe("a", hear);
    const refused = expect(subscribing).rejects.toThrow(/within 1000 ms/);
    await settled();
    clock.advance(1_000);
    await refused;
    server.release();
    await settled();
    expect(server.channels()).toEqual([]);
  });

  it("is subscribed once, and only when it was answered, however often it asks", async () => {
    const { server, subscriber, hear } = setUp();
    server.state.slow = true;
    let done = 0;
    const both = [1, 2].map(() => subscriber.subscribe("a", hear).then(() => (done += 1)));
    await settled();
    expect(done).toBe(0);
    server.release();
    await Promise.all(both);
    expect(server.links).toHaveLength(1);
  });

  it("holds nothing when everybody has left (F17)", async () => {
    const { clock, server, subscriber, states, hear } = setUp();
    const channels = Array.from({ length: 500 }, (_, n) => `c:${n}`);
    await Promise.all(channels.map((channel) => subscriber.subscribe(channel, hear)));
    await Promise.all(channels.map((channel) => subscriber.unsubscribe(channel)));
    expect(server.channels()).toEqual([]);
    server.links[0]?.lose();
    expect([clock.pending, states]).toEqual([0, []]);
  });

  it("does nothing more after it was closed", async () => {
    const { clock, server, subscriber, states, hear } = setUp();
    await subscriber.subscribe("a", hear);
    subscriber.close();
    subscriber.close();
    clock.advance(10_000);
    await settled();
    expect([server.channels(), states, server.links.length]).toEqual([[], [], 1]);
    await expect(subscriber.subscribe("b", hear)).rejects.toThrow(/closed/);
  });
});
