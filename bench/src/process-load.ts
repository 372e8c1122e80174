import { readdirSync, readFileSync } from "node:fs";

/** What a process has cost so far. */
export interface Load {
  /** CPU time of all its threads, microseconds. */
  readonly cpuUs: number;
  /** Calls of `write` and `writev`; `undefined` where the system does not count them. */
  readonly writes: number | undefined;
}

/** Time on a CPU in nanoseconds: the first number of a `schedstat` file. */
export function runNs(schedstat: string): number {
  return Number(schedstat.split(" ", 1)[0]);
}

/** A number of a `/proc` file of lines like `syscw: 12`. */
export function field(text: string, name: string): number | undefined {
  const line = text.split("\n").find((one) => one.startsWith(`${name}:`));
  return line === undefined ? undefined : Number.parseInt(line.slice(name.length + 1), 10);
}

/**
 * What process `pid` has cost. Linux says it to the nanosecond; elsewhere the process can ask for its own only,
 * with the accuracy of `process.cpuUsage`.
 */
export function loadOf(pid: number): Load {
  const cpuUs = scheduledUs(pid);
  if (cpuUs === undefined) {
    if (pid !== process.pid) throw new Error("the load of another process is known on Linux only");
    const { user, system } = process.cpuUsage();
    return { cpuUs: user + system, writes: undefined };
  }
  return { cpuUs, writes: field(read(`/proc/${pid}/io`) ?? "", "syscw") };
}

/** Resident bytes of a process. */
export function residentBytes(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  const kib = status === undefined ? undefined : field(status, "VmRSS");
  if (kib !== undefined) return kib * 1_024;
  if (pid !== process.pid) throw new Error("the memory of another process is known on Linux only");
  return process.memoryUsage().rss;
}

function scheduledUs(pid: number): number | undefined {
  const folder = `/proc/${pid}/task`;
  let tasks: string[];
  try {
    tasks = readdirSync(folder);
  } catch {
    return undefined;
  }
  const each = tasks.map((task) => runNs(read(`${folder}/${task}/schedstat`) ?? "0"));
  const ns = each.reduce((sum, one) => sum + one, 0);
  return ns > 0 ? ns / 1_000 : undefined;
}

/** A thread or process may end while it is looked at. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
