import type { Scenario } from "../lib/scenario.js";
import { randomCuts } from "./f1-cuts.js";
import { everyStep } from "./f2-every-step.js";
import { nothingToReplay } from "./f3-nothing-to-replay.js";
import { killDurable } from "./f4-kill-durable.js";
import { killMemory } from "./f5-kill-memory.js";
import { lostAcks } from "./f10-lost-acks.js";
import { exactBoundary } from "./f11-boundary.js";
import { slowReader } from "./f12-slow-reader.js";
import { silentDrop } from "./f13-silence.js";
import { stampede } from "./f14-stampede.js";
import { alertKills } from "./f15-alert-kills.js";
import { subscriptionStorm } from "./f17-storm.js";
import { realOracle, simulatedOracle } from "./o-oracle.js";
import { byteASecond, neverReads, vanishes } from "./s-odd-readers.js";
import { rollingRestart } from "./s4-rolling.js";
import { brokenFrames, hostileMessages } from "./s5-hostile.js";

/** Every fault, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  randomCuts,
  everyStep,
  nothingToReplay,
  killDurable,
  killMemory,
  lostAcks,
  exactBoundary,
  slowReader,
  silentDrop,
  stampede,
  alertKills,
  subscriptionStorm,
  neverReads,
  byteASecond,
  vanishes,
  rollingRestart,
  brokenFrames,
  hostileMessages,
  realOracle,
  simulatedOracle,
];
