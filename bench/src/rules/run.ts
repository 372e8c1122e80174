import { createInterface } from "node:readline";
import { loadOf, residentBytes } from "../process-load.js";
import { watchLevels } from "./evaluator.js";
import { type Crowd, levelsOf, nameOf, pricesOf } from "./market.js";

/** An evaluator in a process of its own: first line a crowd to watch, then ticks to evaluate. */

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
let watch: ReturnType<typeof watchLevels> | undefined;
let symbols: string[] = [];
let at = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const message: { crowd?: Crowd; ticks?: number; seed?: number } = JSON.parse(line);
  if (message.crowd) {
    const { crowd } = message;
    symbols = Array.from({ length: crowd.symbols }, (_, n) => nameOf(n));
    const before = residentBytes(process.pid);
    watch = watchLevels(levelsOf(crowd));
    for (const symbol of symbols) watch.tick(symbol, 100, 0);
    global.gc?.();
    say({ size: watch.size, bytes: residentBytes(process.pid) - before });
  } else if (watch) {
    const ticks = [...pricesOf(symbols.length, message.ticks ?? 0, message.seed ?? 1)];
    global.gc?.();
    let moved = 0;
    const before = loadOf(process.pid).cpuUs;
    for (const { symbol, price } of ticks) {
      at += 1;
      moved += watch.tick(symbols[symbol] ?? "", price, at);
    }
    say({ cpuUs: loadOf(process.pid).cpuUs - before, moved });
  }
}
process.exit(0);
