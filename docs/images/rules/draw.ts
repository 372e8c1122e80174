import { writeFileSync } from "node:fs";
import { draw } from "./picture.js";
import { play, scenes } from "./scenes.js";

// node --conditions=@tocsin/source --import tsx docs/images/rules/draw.ts
for (const scene of scenes) {
  const run = play(scene);
  writeFileSync(new URL(`./${run.rule.kind}.svg`, import.meta.url), draw(run));
  const at = run.fires.map(({ minute }) => minute).join(", ");
  process.stdout.write(`${run.rule.kind} fires at minute ${at}\n`);
}
