import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { defineContract, log } from "@tocsin/protocol";
import { createHub, memoryHistoryStore } from "@tocsin/server-kit";
import { z } from "zod";
import { listening } from "../listening.js";
import { loadOf } from "../process-load.js";
import { QUIET_MS } from "../subjects/subject.js";

/** A hub that counts how often its history is read, told what to do in JSON lines. */

const contract = defineContract({
  channels: { c: log("c:{n}", z.object({ v: z.string() }), { history: { size: 1_000 } }) },
});
const kept = memoryHistoryStore();
let reads = 0;
const history: typeof kept = {
  ...kept,
  read(...query) {
    reads += 1;
    return kept.read(...query);
  },
};
const hub = createHub({
  contract,
  history,
  limits: { connections: 1e6, connectionsPerAddress: 1e6, connectsPerSecond: 1e6 },
  heartbeat: { intervalMs: QUIET_MS },
});
const server = createServer();
hub.attach(server);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ port: await listening(server) });

let before = loadOf(process.pid).cpuUs;
let offset = 0;
const filler = "abcdefghij".repeat(11);

for await (const line of createInterface({ input: process.stdin })) {
  const message: { publish?: number; start?: true } = JSON.parse(line);
  if (message.publish !== undefined) {
    for (let n = 0; n < message.publish; n++) {
      ({ offset } = await hub.publish(contract.c({ n: 0 }), { v: `${offset}-${filler}` }));
    }
    const { epoch } = await hub.read(contract.c({ n: 0 }), { limit: 1 });
    say({ epoch, offset });
  } else if (message.start) {
    await nobody();
    reads = 0;
    before = loadOf(process.pid).cpuUs;
    say({ started: 1 });
  } else {
    // the last frames were written before the readers had them; what is done at the end of the turn was not
    await new Promise((resolve) => setTimeout(resolve, 100));
    say({ cpuUs: loadOf(process.pid).cpuUs - before, reads });
  }
}
process.exit(0);

/** All connections of the round before have gone; their end is not part of the next one. */
async function nobody(): Promise<void> {
  while (hub.stats().connections > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  global.gc?.();
}
