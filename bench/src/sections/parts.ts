import { client } from "./client.js";
import { codecs } from "./codecs.js";
import { compression } from "./compression.js";
import { latency } from "./latency.js";
import { memory } from "./memory.js";
import { patches } from "./patches.js";
import { profile } from "./profile.js";
import { recovery } from "./recovery.js";
import { rules } from "./rules.js";
import { scaling } from "./scaling.js";
import type { Part } from "./section.js";
import { validation } from "./validation.js";

/** What is measured besides the fan-out, in this order. */
export const parts: readonly Part[] = [
  memory,
  recovery,
  rules,
  client,
  scaling,
  latency,
  compression,
  codecs,
  patches,
  validation,
  profile,
];
