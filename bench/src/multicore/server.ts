import cluster from "node:cluster";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { defineContract, log } from "@tocsin/protocol";
import { createHub, type Hub } from "@tocsin/server-kit";
import { clusterPrimary, clusterStores } from "@tocsin/server-kit/cluster";
import { z } from "zod";
import { listening } from "../listening.js";
import { QUIET_MS } from "../subjects/subject.js";
import { PAYLOAD_BYTES } from "../workloads.js";

/** A hub in one process, or one in each of so many workers: `server.ts WORKERS`, 0 for no cluster at all. */

/** How much to publish. */
export interface Load {
  readonly ticks: number;
  readonly eventsPerTick: number;
  readonly tickMs: number;
}

const contract = defineContract({
  channels: { c: log("c:{n}", z.object({ v: z.string() }), { history: { size: 100 } }) },
});
const text = "x".repeat(PAYLOAD_BYTES - 85);
const workers = Number(process.argv[2]);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function startHub(shared: Awaited<ReturnType<typeof clusterStores>> | object) {
  const hub = createHub({
    contract,
    ...shared,
    limits: { connections: 1e6, connectionsPerAddress: 1e6, connectsPerSecond: 1e6 },
    heartbeat: { intervalMs: QUIET_MS }, // readers that only count frames would not answer
  });
  const server = createServer();
  hub.attach(server);
  return { hub, port: await listening(server) };
}

async function publish(hub: Hub<typeof contract>, { ticks, eventsPerTick, tickMs }: Load) {
  const channel = contract.c({ n: 0 });
  for (let tick = 0; tick < ticks; tick += 1) {
    const events = Array.from({ length: eventsPerTick }, () => hub.publish(channel, { v: text }));
    await Promise.all([...events, sleep(tickMs)]);
  }
}

if (workers === 0) {
  const { hub, port } = await startHub({});
  say({ ports: [port], pids: [process.pid] });
  for await (const line of createInterface({ input: process.stdin })) {
    await publish(hub, JSON.parse(line));
    say({ published: 1 });
  }
  process.exit(0);
} else if (cluster.isPrimary) {
  clusterPrimary();
  let left = 0;
  const forked = Array.from({ length: workers }, () => cluster.fork());
  const ports = await Promise.all(
    forked.map(
      (worker) =>
        new Promise<number>((resolve) =>
          worker.on("message", (message) => {
            if ("port" in message) resolve(message.port);
            if ("published" in message && --left === 0) say({ published: 1 });
          }),
        ),
    ),
  );
  say({ ports, pids: [...forked.map((worker) => worker.process.pid), process.pid] });
  for await (const line of createInterface({ input: process.stdin })) {
    const load: Load = JSON.parse(line);
    left = workers;
    const share = { ...load, ticks: load.ticks / workers, tickMs: load.tickMs * workers };
    for (const [index, worker] of forked.entries()) {
      setTimeout(() => worker.send({ load: share }), index * load.tickMs);
    }
  }
  process.exit(0);
} else {
  const { hub, port } = await startHub(await clusterStores({ timeoutMs: 30_000 }));
  process.on("message", (message: { load?: Load }) => {
    if (message.load) void publish(hub, message.load).then(() => process.send?.({ published: 1 }));
  });
  process.send?.({ port });
}
