import { expect, it } from "vitest";
import { runScenario } from "../lib/run.js";
import { scenarios } from "../scenarios/index.js";

// The short versions. The full ones, and the figures: `npm run faults`.
const SEED = 1;

for (const scenario of scenarios) {
  it(`keeps its promises under ${scenario.title} (${scenario.id}, seed ${SEED})`, async () => {
    const { outcome } = await runScenario(scenario, { seed: SEED, quick: true });
    expect(outcome.violations).toEqual([]);
  }, 90_000);
}
