import type { ClientMessage, ClientMessageOf, ServerMessage } from "@tocsin/protocol";
import type { FakeServer } from "../../src/testing/index.js";
import { alerts, event } from "./harness.js";

/**
 * The server's side of one log channel, as slow and as unlucky as a test wants: it takes one message at a time,
 * takes a subscribe in two steps with publishes in between, and its frames wait until they are delivered or lost.
 */
export function modelHub(server: FakeServer, retention: number) {
  let published = 0;
  let taken = 0;
  let streaming = false;
  let joining: ClientMessageOf<"subscribe"> | undefined;
  let downlink: ServerMessage[] = [];

  function finishJoin({ id, since, rewind = 0 }: ClientMessageOf<"subscribe">): void {
    joining = undefined;
    streaming = true;
    const offset = published;
    const complete = Math.max(0, published - retention);
    const base = {
      type: "subscribed",
      ...(id !== undefined && { id }),
      channel: alerts.name,
      mode: "log",
      epoch: "e1",
      offset,
    } as const;
    if (since === undefined) {
      const first = Math.max(complete, offset - rewind) + 1;
      const snapshot = range(first, offset).map((n) => ({ offset: n, data: { n }, timestamp: 1 }));
      downlink.push({ ...base, recovery: "fresh", ...(snapshot.length > 0 && { snapshot }) });
    } else if (since.offset === offset) {
      downlink.push({ ...base, recovery: "nothing-missed" });
    } else if (since.offset < complete) {
      const gap = { from: since.offset + 1, to: offset, reason: "expired" };
      downlink.push({ ...base, recovery: "gap", gap });
    } else {
      downlink.push({ ...base, recovery: "recovered" });
      for (const n of range(since.offset + 1, offset)) {
        downlink.push(event(alerts.name, n, { n }, { replayed: true }));
      }
    }
  }

  function take(message: ClientMessage): void {
    if (message.type === "subscribe") {
      streaming = false; // the new subscription takes the place of the old one, and holds events back
      joining = message;
    } else if (message.type === "unsubscribe") {
      streaming = false;
      downlink.push({ type: "unsubscribed", id: message.id ?? "", channel: message.channel });
    }
  }

  const hub = {
    get published() {
      return published;
    },
    publish() {
      published += 1;
      if (streaming) downlink.push(event(alerts.name, published, { n: published }));
    },
    /** Takes the next step; `false` when there is nothing to do. */
    work(): boolean {
      if (joining) {
        finishJoin(joining);
        return true;
      }
      const message = server.socket.received[taken];
      if (!message) return false;
      taken += 1;
      take(message);
      return true;
    },
    /** Delivers up to `count` frames; `false` when there are none. */
    deliver(count: number): boolean {
      const frames = downlink.splice(0, count);
      for (const frame of frames) server.socket.send(frame);
      return frames.length > 0;
    },
    /** The line is cut: frames under way are lost. */
    cut() {
      downlink = [];
      joining = undefined;
      streaming = false;
      taken = 0;
      server.socket.close();
    },
    /** Works and delivers until nothing is left to do. */
    async drain(rest: () => Promise<void>) {
      for (let busy = true; busy; ) {
        await rest(); // the client may be about to ask for something
        const worked = hub.work();
        busy = hub.deliver(1_000) || worked;
      }
    },
  };
  return hub;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => from + n);
}
