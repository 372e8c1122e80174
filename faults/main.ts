import { parseArgs } from "node:util";
import { runScenario } from "./lib/run.js";
import { type Row, renderTable } from "./lib/table.js";
import { scenarios } from "./scenarios/index.js";

// `npm run faults -- [--seed N] [--only F1,F4] [--quick]`
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const wanted = values.only?.split(",");
const unknown = wanted?.filter((id) => !scenarios.some((scenario) => scenario.id === id)) ?? [];
if (unknown.length > 0 || !Number.isSafeInteger(seed)) {
  const ids = scenarios.map(({ id }) => id).join(", ");
  console.error(`--only takes some of ${ids}; --seed takes a whole number.`);
  process.exit(2);
}

const rows: Row[] = [];
for (const scenario of scenarios) {
  if (wanted && !wanted.includes(scenario.id)) continue;
  process.stderr.write(`${scenario.id} ${scenario.title} ... `);
  const row = await runScenario(scenario, { seed, quick: values.quick });
  rows.push(row);
  process.stderr.write(`${row.seconds.toFixed(1)} s\n`);
}
console.log(`\n${renderTable(rows, seed)}`);
// Not left to the event loop: whatever a broken scenario left behind must not keep this process alive.
process.exit(rows.every(({ outcome }) => outcome.violations.length === 0) ? 0 : 1);
