import type { Scenario } from "../lib/scenario.js";
import { randomCuts } from "./f1-cuts.js";
import { everyStep } from "./f2-every-step.js";
import { nothingToReplay } from "./f3-nothing-to-replay.js";
import { killDurable } from "./f4-kill-durable.js";
import { killMemory } from "./f5-kill-memory.js";
import { exactBoundary } from "./f11-boundary.js";

/** Every fault, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  randomCuts,
  everyStep,
  nothingToReplay,
  killDurable,
  killMemory,
  exactBoundary,
];
