import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { alerts, event, price, setup } from "../test/support/harness.js";
import type { SocketConstructor } from "./index.js";
import { settled } from "./testing/index.js";

// a busy machine takes its time over some hundred stories
vi.setConfig({ testTimeout: 60_000 });

const moves = [
  "connect",
  "subscribe",
  "subscribe",
  "unsubscribe",
  "publish",
  "publish",
  "call",
  "open",
  "open",
  "greet",
  "greet",
  "answer",
  "answer",
  "answer",
  "event",
  "cut",
  "expire",
  "refuse",
  "fatal",
  "goaway",
  "wake",
  "setToken",
  "refreshToken",
  "rest",
  "second",
  "minute",
] as const;

type Move = (typeof moves)[number];

/** Every socket of the client, with a note of whatever was sent on one that was not open. */
function strict(WebSocket: SocketConstructor, statusOf: () => string) {
  const wrong: string[] = [];
  const Strict: SocketConstructor = class extends WebSocket {
    override send(data: string | Uint8Array<ArrayBuffer>): void {
      if (statusOf() !== "open") wrong.push(`sent while ${statusOf()}: ${data}`);
      super.send(data);
    }
  };
  return { Strict, wrong };
}

async function play(story: readonly Move[], withToken: boolean) {
  let Strict: SocketConstructor | undefined;
  const world = setup({
    ...(withToken && { token: async () => "t" }),
    WebSocket: class {
      constructor(url: string, protocols?: string[]) {
        if (!Strict) throw new Error("no socket class yet");
        // biome-ignore lint/correctness/noConstructorReturn: stands in for a class that is made after the client
        return new Strict(url, protocols);
      }
    } as unknown as SocketConstructor,
  });
  const { client, server, clock, wake } = world;
  const made = strict(server.WebSocket, () => server.socket.status);
  Strict = made.Strict;
  const handles: { unsubscribe(): void }[] = [];
  const outcomes: Promise<unknown>[] = [];
  const answered = new WeakSet<object>();
  const keys = new Map<string, string>();
  let published = 0;
  let offset = 0;

  const keep = (promise: Promise<unknown>) => {
    outcomes.push(promise);
    promise.catch(() => {}); // the connection may be gone for good, and then that is the answer
  };

  /** The oldest message of the newest socket that has no answer yet gets its plainest one. */
  function answer(how: "yes" | "no"): boolean {
    const message =
      server.sockets.length > 0 && server.socket.received.find((m) => !answered.has(m));
    if (!message) return false;
    answered.add(message);
    const id = message.id ?? "";
    if (message.type === "publish") {
      const { key = "", data } = message;
      const text = JSON.stringify([id, data]);
      expect(keys.get(key) ?? text, "one key, one publish").toBe(text);
      keys.set(key, text);
    }
    if (how === "no") {
      server.send({ type: "error", id, code: "unavailable", message: "later" });
    } else if (message.type === "auth") {
      server.send({ type: "authenticated", id, userId: "u" });
    } else if (message.type === "subscribe") {
      server.send({
        type: "subscribed",
        id,
        channel: message.channel,
        mode: "log",
        epoch: "e1",
        offset: message.since?.offset ?? offset,
        recovery: message.since ? "nothing-missed" : "fresh",
      });
    } else if (message.type === "publish") {
      const { channel } = message;
      server.send({ type: "published", id, channel, epoch: "e1", offset: 1, duplicate: false });
    } else if (message.type === "call") {
      server.send({ type: "result", id, data: { at: 1 } });
    }
    return true;
  }

  const act: Readonly<Record<Move, () => unknown>> = {
    connect: () => keep(client.connect()),
    subscribe: () =>
      handles.push(handles.length % 2 ? client.subscribe(price) : client.subscribe(alerts)),
    unsubscribe: () => handles.shift()?.unsubscribe(),
    publish: () => keep(client.publish(alerts, { n: ++published })),
    call: () => keep(client.call("acknowledge", { id: "x" })),
    open: () => server.sockets.length > 0 && server.socket.open(),
    greet: () => server.sockets.length > 0 && server.socket.send(server.hello()),
    answer: () => answer("yes"),
    refuse: () => answer("no"),
    event() {
      offset += 1;
      if (server.sockets.length > 0) server.send(event(alerts.name, offset, { n: offset }));
    },
    cut: () => server.sockets.length > 0 && server.socket.close(),
    expire: () => server.sockets.length > 0 && server.socket.close(4005),
    fatal: () => server.sockets.length > 0 && server.socket.close(4503),
    goaway: () =>
      server.sockets.length > 0 &&
      server.send({ type: "goaway", reason: "restart", reconnectAfterMs: 300 }),
    wake,
    setToken: () => withToken && client.setToken(async () => "u"),
    refreshToken: () => client.refreshToken(),
    rest: settled,
    second: () => clock.advance(1_000),
    minute: () => clock.advance(60_000),
  };

  for (const move of story) {
    const { status } = client.state;
    const { length } = server.sockets;
    await act[move]();
    const open = server.sockets.filter((socket) => socket.status !== "closed");
    expect(open.length, "sockets at a time").toBeLessThanOrEqual(1);
    const asked = move === "connect" || move === "setToken" || move === "refreshToken";
    if (status === "stopped" && !asked) {
      expect(client.state.status, `after a fatal close, ${move}`).toBe("stopped");
      expect(server.sockets).toHaveLength(length);
    }
  }
  return { ...world, answer, outcomes, handles, wrong: made.wrong };
}

test("whatever happens, there is one socket at a time, nothing is sent on a dead one, and every request is answered (E12, E17, E21, E23)", async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...moves), { maxLength: 60, size: "max" }),
      fc.boolean(),
      async (story, withToken) => {
        const { client, server, clock, answer, outcomes, handles, wrong } = await play(
          story,
          withToken,
        );
        met.add(client.state.status);
        // from wherever that led: asked to connect and answered, it is there, and owes nobody an answer
        void client.connect().catch(() => {});
        for (let round = 0; round < 60; round += 1) {
          await clock.advance(500);
          server.welcome();
          while (answer("yes"));
        }
        expect(client.state.status).toBe("live");
        const settledOutcomes = await Promise.race([
          Promise.allSettled(outcomes),
          settled().then(() => "somebody still waits"),
        ]);
        expect(settledOutcomes).not.toBe("somebody still waits");

        // closed is closed: no dial, no frame, no timer
        const sent = server.socket.received.length;
        const dialled = server.sockets.length;
        await client.close();
        for (const handle of handles) handle.unsubscribe();
        client.refreshToken();
        await clock.advance(120_000);
        expect(server.socket.received.length).toBe(sent);
        expect(server.sockets.length).toBe(dialled);
        expect(clock.pending).toBe(0);
        expect(wrong).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
  expect([...met].sort()).toEqual(["connecting", "idle", "live", "stopped", "waiting"]);
});
