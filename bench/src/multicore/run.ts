import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { listening } from "../listening.js";
import { loadOf } from "../process-load.js";
import { nowUs } from "../stamp.js";
import { median } from "../stats.js";
import { oneChannel } from "../workloads.js";
import type { Load } from "./server.js";

/**
 * What a second core brings: 1,000 readers of one channel on one process without a cluster, and on one and two workers,
 * which publish in turn. One event at a time, so that nothing is saved by writing several together.
 *
 *     node --import tsx bench/src/multicore/run.ts [ROUNDS]
 *
 * The readers need a core as well, so on a small machine the time it takes says little. What the busiest process spends
 * on a delivery is what limits a machine with a core for each.
 */

const [rounds = "5"] = process.argv.slice(2);
const LOAD: Load = { ticks: 240, eventsPerTick: 1, tickMs: 10 };
const KINDS = [0, 1, 2];

/** Starts a script beside this one, which is spoken to in JSON lines. */
function start(script: string, args: readonly string[]) {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [...process.execArgv, path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    tell: (message: object) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    hear: async () => JSON.parse(String((await lines.next()).value)),
    stop: () => child.stdin.end(),
  };
}

async function open(workers: number) {
  const server = start("server.ts", [String(workers)]);
  const sink = start("../sink.ts", []);
  const control = createServer((socket) => void socket.on("error", () => {}).resume());
  const controlPort = await listening(control);
  const { ports, pids }: { ports: number[]; pids: number[] } = await server.hear();
  const each = oneChannel.connections / ports.length;
  for (const [index, port] of ports.entries()) {
    const share = { from: index * each, to: (index + 1) * each, framesPerAck: 1_000 };
    sink.tell({ open: { subject: "tocsin", port, controlPort, shape: oneChannel, ...share } });
    await sink.hear();
  }
  return {
    async round(load: Load) {
      sink.tell({ start: true });
      await sink.hear();
      const before = pids.map((pid) => loadOf(pid).cpuUs);
      const began = nowUs();
      server.tell(load);
      await server.hear();
      const deliveries = load.ticks * load.eventsPerTick * oneChannel.connections;
      sink.tell({ expect: deliveries });
      const { received, lastUs } = await sink.hear();
      if (received !== deliveries) throw new Error(`${received} of ${deliveries} deliveries`);
      const each = pids.map((pid, at) => (loadOf(pid).cpuUs - (before[at] ?? 0)) / deliveries);
      return { each, seconds: (lastUs - began) / 1e6, deliveries };
    },
    stop() {
      server.stop();
      sink.stop();
      control.close();
    },
  };
}

const opened = await Promise.all(KINDS.map(open));
const busiest = KINDS.map((): number[] => []);
const total = KINDS.map((): number[] => []);
for (let round = -1; round < Number(rounds); round += 1) {
  for (const [kind, bout] of opened.entries()) {
    const { each, seconds, deliveries } = await bout.round(LOAD);
    if (round < 0) continue; // warm up
    busiest[kind]?.push(Math.max(...each));
    total[kind]?.push(each.reduce((sum, one) => sum + one, 0));
    const spent = each.map((one) => one.toFixed(2)).join(" + ");
    const pace = Math.round(deliveries / seconds);
    process.stdout.write(`${KINDS[kind]} workers: ${spent} us CPU a delivery, ${pace}/s\n`);
  }
}
const of = (kind: number, list: readonly number[][]) => median(list[kind] ?? []);
for (const base of [0, 1]) {
  const capacity = of(base, busiest) / of(2, busiest);
  const cost = of(2, total) / of(base, total);
  process.stdout.write(
    `2 workers against ${base}: ${capacity.toFixed(2)} times the deliveries before a core is full, ` +
      `for ${cost.toFixed(2)} times the CPU a delivery\n`,
  );
}
for (const bout of opened) bout.stop();
