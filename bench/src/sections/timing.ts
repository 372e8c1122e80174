import { median } from "../stats.js";
import { rotated } from "./section.js";

/** Something short to be timed. */
export interface Task {
  readonly name: string;
  /** Does it `times` times. Returns something that depends on all of them, so that none can be left out. */
  run(times: number): unknown;
}

/** CPU nanoseconds that tasks take, each the median of some rounds, after they have warmed up. */
export function nanosecondsOf(
  tasks: readonly Task[],
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): ReadonlyMap<string, number> {
  const sizes = new Map(tasks.map((task) => [task.name, timesIn(task, roundMs)]));
  const found = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const task of rotated(tasks, round)) {
      const times = sizes.get(task.name) ?? 1;
      found.get(task.name)?.push(cpuNs(() => task.run(times)) / times);
    }
  }
  return new Map([...found].map(([name, values]) => [name, median(values)]));
}

/** How often it runs in so many milliseconds, once it is warm. */
function timesIn(task: Task, ms: number): number {
  for (let times = 64; ; times *= 2) {
    const ns = cpuNs(() => task.run(times));
    if (ns > ms * 1e6) return Math.max(1, Math.round((times * ms * 1e6) / ns));
  }
}

function cpuNs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1_000;
}
