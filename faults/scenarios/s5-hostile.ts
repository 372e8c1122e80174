import { decodeClientMessage, jsonCodec } from "@tocsin/protocol";
import { msgpackCodec } from "@tocsin/protocol/msgpack";
import { HOSTILE_FRAMES } from "../../packages/protocol/test/support/hostile-frames.js";
import { FRAME_CASES, pingFlood } from "../../packages/server-kit/test/support/frame-cases.js";
import { type RawPeer, rawPeer, UPGRADE } from "../../packages/server-kit/test/support/raw-peer.js";
import { poll } from "../lib/bell.js";
import { NOTHING, type Scenario, unmet } from "../lib/scenario.js";
import { type ServerProcess, startServer } from "../lib/server-process.js";

/** What all connections of a wave may cost while they are there, each with a message's worth of bytes. */
const PEAK_BYTES_EACH = 131_072;
/** What may be left when they have gone; a kilobyte of each of five waves would be five megabytes. */
const SLACK_BYTES = 24_000_000;
const FRAME_MS = 10;

/** Opens so many connections, lets each break a rule, and waits until the server has let go of all of them. */
async function wave(server: ServerProcess, connections: number): Promise<number> {
  const peers: RawPeer[] = [];
  const before = (await server.ask({ do: "stats" })).closing;
  const open = Array.from({ length: connections }, (_none, n) => {
    const wrong = FRAME_CASES[n % (FRAME_CASES.length + 1)];
    const peer = rawPeer(server.port, [...UPGRADE, ...(wrong?.lines ?? [])]);
    peers.push(peer);
    return { peer, wrong };
  });
  const isThere = async (count: number) =>
    (await server.ask({ do: "stats" })).connections === count;
  await poll(() => isThere(connections), 30_000, "all are connected");
  for (const { peer, wrong } of open) {
    if (wrong) peer.socket.write(wrong.bytes());
    else void pingFlood(peer);
  }
  // All are being closed and none is gone: now most is held for them.
  const begun = async () => (await server.ask({ do: "stats" })).closing >= before + connections;
  await poll(begun, 30_000, "all are being closed");
  const { rssBytes } = await server.ask({ do: "stats" });
  await poll(() => isThere(0), 30_000, "all are gone");
  for (const { socket } of peers) socket.destroy();
  return rssBytes;
}

export const brokenFrames: Scenario = {
  id: "S5",
  title: "a thousand peers that break the protocol (A24 to A30)",
  withinSeconds: 180,
  async run({ quick }) {
    const [connections, waves] = quick ? [100, 2] : [1_000, 5];
    await using server = await startServer({ limits: { connectsPerSecond: 1_000_000 } });
    await wave(server, connections); // what is made only once is made before anything is measured
    const { rssBytes: before } = await server.ask({ do: "stats" });
    let peak = before;
    for (let n = 0; n < waves; n += 1) peak = Math.max(peak, await wave(server, connections));
    const { rssBytes: after, connections: left } = await server.ask({ do: "stats" });
    const { subscriptions, channels, closed } = await server.ask({ do: "stats" });
    const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
    return {
      ...NOTHING,
      events: connections * (waves + 1),
      cuts: connections * (waves + 1),
      violations: unmet({
        [`${left} connections, ${subscriptions} subscriptions, ${channels} channels left`]:
          left + subscriptions + channels === 0,
        [`${mb(peak - before)} MB more while they were there`]:
          peak - before <= SLACK_BYTES + connections * PEAK_BYTES_EACH,
        [`${mb(after - before)} MB more when they had gone`]: after - before <= SLACK_BYTES,
      }),
      notes: [
        `memory of the server: ${mb(before)} MB after the first wave, ${mb(peak)} MB at most, ` +
          `${mb(after)} MB after the last; closed ${JSON.stringify(closed)}`,
      ],
    };
  },
};

export const hostileMessages: Scenario = {
  id: "S6",
  title: "messages of 64 KiB made to be work (A32)",
  withinSeconds: 120,
  async run({ quick }) {
    const codecs = { json: jsonCodec, msgpack: msgpackCodec };
    const turns = quick ? 11 : 101;
    const costs = HOSTILE_FRAMES.map(({ name, codec, make }) => {
      const frame = make(65_000);
      const times = Array.from({ length: turns }, () => {
        const start = performance.now();
        decodeClientMessage(codecs[codec], frame);
        return performance.now() - start;
      });
      return { name, ms: Math.min(...times) }; // what else the machine does only ever adds
    });
    const worst = costs.reduce((most, one) => (one.ms > most.ms ? one : most));
    const slow = costs.filter(({ ms }) => ms > FRAME_MS);
    return {
      ...NOTHING,
      events: turns * costs.length,
      // The short version stands among other tests, where no time says anything.
      violations: quick ? [] : slow.map(({ name, ms }) => `${name} took ${ms.toFixed(1)} ms`),
      notes: [
        `${costs.length} kinds of frames; the slowest, ${worst.name}, ${worst.ms.toFixed(2)} ms`,
      ],
    };
  },
};
