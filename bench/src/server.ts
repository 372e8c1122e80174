import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { listening } from "./listening.js";
import { loadOf, residentBytes } from "./process-load.js";
import { createProfiler } from "./profile/profiler.js";
import { type Go, publishAll } from "./publishing.js";
import { entryOf } from "./subjects/registry.js";

/** A server process: `server.ts NAME`, told what to do in JSON lines, and answering in JSON lines. */

declare const Bun: { gc(synchronously: boolean): void } | undefined;

const entry = entryOf(process.argv[2] ?? "");
const subject = await (await entry.load()).start(entry.find() ?? "");
const pid = subject.pid ?? process.pid;

const acks = { count: 0, wake: () => {} };
const control = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (data) => {
    acks.count += data.length;
    acks.wake();
  });
});

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ port: subject.port, controlPort: await listening(control) });

const profiler = createProfiler();
let before = loadOf(pid);
let serial = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const message: { go?: Go; stop?: true; rest?: true; rss?: true; profile?: string } =
    JSON.parse(line);
  if (message.go) {
    acks.count = 0;
    before = loadOf(pid);
    // not awaited: a server goes on listening while it publishes
    publishAll(subject, acks, message.go, serial).then((published) => {
      serial += published.events;
      say(published);
    }, fail);
  } else if (message.rest) {
    await atRest();
    say({ rested: 1 });
  } else if (message.profile !== undefined) {
    // the first time it starts, with the name of a file it stops and writes that
    await (message.profile === "" ? profiler.start() : profiler.stop(message.profile));
    say({ profiling: message.profile === "" ? 1 : 0 });
  } else if (message.rss) {
    say({ rss: residentBytes(pid) });
  } else {
    const { cpuUs, writes } = loadOf(pid);
    const said = writes === undefined ? undefined : writes - (before.writes ?? 0);
    say({ cpuUs: cpuUs - before.cpuUs, writes: said }); // left out where nobody counts them
  }
}
subject.stop?.();
process.exit(0);

/** Waits until the server has nothing to do any more, and lets it clear up where that can be asked for. */
async function atRest(): Promise<void> {
  const BUSY_US = 3_000;
  for (let round = 0, quiet = 0; round < 200 && quiet < 3; round++) {
    const { cpuUs } = loadOf(pid);
    await new Promise((resolve) => setTimeout(resolve, 50));
    quiet = loadOf(pid).cpuUs - cpuUs < BUSY_US ? quiet + 1 : 0;
  }
  for (let n = 0; n < 2; n++) {
    if (typeof Bun === "undefined") global.gc?.();
    else Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
