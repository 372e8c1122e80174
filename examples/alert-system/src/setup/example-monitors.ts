import { type NewMonitorInput, newMonitor } from "@tocsin/protocol/alerts";
import type { AlertService } from "@tocsin/server-kit/alerts";

/** Whose monitors they are: the user the dashboard signs in when it is not told another. */
const OWNER = "demo";

/** Levels the autumn of 2008 went through, and a made-up share that crosses its own again and again. */
const EXAMPLES: readonly NewMonitorInput[] = [
  {
    symbol: "SPX",
    note: "Example: bought in September 2008",
    rules: [
      { kind: "take-profit", price: 1_310 },
      { kind: "stop-loss", price: 1_200 },
    ],
  },
  {
    symbol: "SPX",
    note: "Example: a place to come back in",
    rules: [{ kind: "entry-range", low: 880, high: 950 }],
  },
  {
    symbol: "SIM-A",
    note: "Example: repeats are counted, not told again",
    rules: [{ kind: "entry-range", low: 24.4, high: 24.6 }],
  },
];

/** Gives a server that has never run something to watch, so that its first visitor sees alerts. */
export async function addExampleMonitors(
  service: Pick<AlertService, "createMonitor" | "status">,
): Promise<void> {
  if (service.status().marketTime !== null) return; // it has run before, and its owner has had a say
  for (const example of EXAMPLES) await service.createMonitor(OWNER, newMonitor.parse(example));
}
