import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { tableOf } from "./report.js";
import { type Bout, type Measured, startBout } from "./round.js";
import { subjectNames } from "./subjects/subject.js";
import { workloads } from "./workloads.js";

/** `npm run bench -- [--quick] [--only W1,W3-50] [--against socket.io,bun] [--rounds 5]` */

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    against: { type: "string" },
    rounds: { type: "string" },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
const bun = new URL("../../runtimes/node_modules/bun/bin/bun.exe", import.meta.url).pathname;
const wanted = values.only?.split(",");
const against = values.against?.split(",");
const subjects = subjectNames.filter(
  (name) =>
    (name !== "bun" || existsSync(bun)) &&
    (name === "tocsin" || !against || against.includes(name)),
);
if (!existsSync(bun)) print("bun is left out: npm install in runtimes/ brings it");

const results: { measured: Measured[]; memory: Record<string, number> }[] = [];
for (const workload of workloads.filter(({ name }) => !wanted || wanted.includes(name))) {
  print(`\n${workload.name}: ${workload.title}`);
  const bouts = new Map<string, Bout>();
  const measured: Measured[] = [];
  try {
    for (const subject of subjects) bouts.set(subject, await startBout(subject, workload, bun));
    const ticks = values.quick ? workload.ticks.quick : workload.ticks.full;
    for (const bout of bouts.values()) await bout.round(-1, Math.ceil(ticks / 5)); // to warm up
    for (let round = 0; round < rounds; round++) {
      // another one goes first each time, so that nobody always runs in the same phase of the host
      const order = [...bouts.values()];
      for (let n = 0; n < order.length; n++) {
        const bout = order[(n + round) % order.length];
        if (bout) measured.push(await bout.round(round, ticks));
      }
    }
  } finally {
    for (const bout of bouts.values()) bout.stop();
  }
  const memory = new Map([...bouts].map(([name, bout]) => [name, bout.bytesPerConnection]));
  print(tableOf(measured, memory));
  results.push({ measured, memory: Object.fromEntries(memory) });
}

const folder = new URL("../results/", import.meta.url);
mkdirSync(folder, { recursive: true });
const versions = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
const file = new URL("last.json", folder);
writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), versions, results }, null, 1));
print("\nAll figures of all rounds are in bench/results/last.json.");

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
