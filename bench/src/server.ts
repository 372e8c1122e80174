import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { listening } from "./listening.js";
import type { Subject } from "./subjects/subject.js";
import { PAYLOAD_BYTES } from "./workloads.js";

/** A server process: `server.ts NAME`, told what to do in JSON lines, and answering in JSON lines. */

interface Go {
  readonly eventsPerTick: number;
  readonly tickMs: number;
  readonly ticks: number;
  readonly channels: number;
  readonly readersPerChannel: number;
  /** The reader process reports so many frames with one byte. */
  readonly framesPerAck: number;
}

const modules: Record<string, () => Promise<{ start(): Promise<Subject> }>> = {
  tocsin: () => import("./subjects/tocsin.js"),
  "socket.io": () => import("./subjects/socket-io.js"),
  "ws naive": () => import("./subjects/ws-naive.js"),
  "ws cork": () => import("./subjects/ws-cork.js"),
  bun: () => import("./subjects/bun.js"),
  limit: () => import("./subjects/limit.js"),
};

const name = process.argv[2] ?? "";
const load = modules[name];
if (!load)
  throw new Error(`no server called "${name}"; there are ${Object.keys(modules).join(", ")}`);
const subject = await (await load()).start();

let acks = 0;
let wake = () => {};
const control = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (data) => {
    acks += data.length;
    wake();
  });
});

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ port: subject.port, controlPort: await listening(control) });

let started = process.cpuUsage();
let serial = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const message: { go?: Go; stop?: true; rss?: true } = JSON.parse(line);
  if (message.go) {
    acks = 0;
    started = process.cpuUsage();
    void run(message.go);
  } else if (message.rss) {
    global.gc?.();
    say({ rss: process.memoryUsage().rss });
  } else {
    const { user, system } = process.cpuUsage(started);
    say({ cpuUs: user + system });
  }
}
process.exit(0);

/** Publishes tick after tick, never more than two ticks ahead of what the readers have got. */
async function run(go: Go): Promise<void> {
  const perTick = go.eventsPerTick * go.readersPerChannel;
  for (let tick = 0; tick < go.ticks; tick++) {
    while (tick * perTick - acks * go.framesPerAck > Math.max(2 * perTick, 4_000)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const began = performance.now();
    for (let n = 0; n < go.eventsPerTick; n++) {
      serial += 1;
      subject.publish(serial % go.channels, text(serial));
    }
    subject.endTick?.();
    if (go.tickMs === 0) await new Promise((resolve) => setImmediate(resolve));
    else {
      const left = go.tickMs - (performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
    }
  }
}

/** New text for every event, so that nobody can reuse the last one, and as long as the payload wants. */
function text(n: number): string {
  return String(n).padStart(PAYLOAD_BYTES - 30, "abcdefghij");
}
