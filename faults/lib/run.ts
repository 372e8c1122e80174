import { dice } from "./random.js";
import { NOTHING, type Outcome, type Scenario } from "./scenario.js";
import type { Row } from "./table.js";

/** Runs one scenario to its end, or to the end of its time. What it throws is a broken promise too. */
export async function runScenario(
  scenario: Scenario,
  { seed, quick }: { readonly seed: number; readonly quick: boolean },
): Promise<Row> {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    const violations = [`did not end within ${scenario.withinSeconds} s`];
    timer = setTimeout(() => resolve({ ...NOTHING, violations }), scenario.withinSeconds * 1_000);
  });
  const outcome = await Promise.race([scenario.run({ dice: dice(seed), quick }), late]).catch(
    (error: unknown): Outcome => ({ ...NOTHING, violations: [String(error)] }),
  );
  clearTimeout(timer);
  return { scenario, outcome, seconds: (performance.now() - start) / 1_000 };
}
