import { type Bout, type Measured, startBout, VoidRoundError } from "../bout.js";
import { fanOutChecks, fanOutTable, worstChecks } from "../report.js";
import type { Found } from "../results.js";
import { readersPerChannel, type Workload } from "../workloads.js";
import { type Plan, rotated } from "./section.js";

/** CPU time that a round of each server shall take, in microseconds: enough to be above the noise. */
const ROUND_US = { full: 1_000_000, quick: 150_000 };
const WARM_UP_DELIVERIES = 50_000;
const TICKS = { least: 3, most: 3_000 };

/**
 * Measures workloads that share a shape. Everybody is started once, warmed up for each workload, and measured in
 * turns. Whoever loses or repeats an event is void, and left out of what follows.
 */
export async function measureFanOut(
  workloads: readonly Workload[],
  plan: Plan,
  found: (workload: Workload, found: Found) => void,
): Promise<void> {
  const [first] = workloads;
  if (!first) return;
  const bouts: Bout[] = [];
  const lost: string[] = [];
  const all = new Map<string, Measured[]>();
  try {
    for (const name of plan.names) {
      const bout = await fairly(lost, () => startBout(name, first.shape));
      if (bout) bouts.push(bout);
    }
    for (const workload of workloads) {
      const before = lost.length;
      const rounds = await measureOne(workload, bouts, lost, plan);
      all.set(workload.name, rounds);
      const isLastW3 =
        workload.name === workloads.findLast(({ name }) => name.startsWith("W3-"))?.name;
      found(workload, {
        tables: [fanOutTable(workload.name, rounds)],
        checks: [...fanOutChecks(workload.name, rounds), ...(isLastW3 ? worstChecks(all) : [])],
        notes: lost.slice(workload === first ? 0 : before).map((why) => `void: ${why}`),
        rows: rounds,
      });
    }
  } finally {
    for (const bout of bouts) await bout.stop();
  }
}

async function measureOne(
  workload: Workload,
  bouts: Bout[],
  lost: string[],
  plan: Plan,
): Promise<Measured[]> {
  const measured: Measured[] = [];
  const ticks = new Map<string, number>();
  const perTick = workload.eventsPerTick * readersPerChannel(workload.shape);
  const few = Math.max(TICKS.least, Math.ceil(WARM_UP_DELIVERIES / perTick));
  const drop = async (bout: Bout) => {
    bouts.splice(bouts.indexOf(bout), 1);
    await bout.stop();
  };
  for (const bout of [...bouts]) {
    const warm = await fairly(lost, () => bout.round(workload, -1, { ticks: few }));
    if (!warm) await drop(bout);
    else {
      const wanted = (ROUND_US[plan.quick ? "quick" : "full"] / warm.cpuUs) * few;
      ticks.set(bout.subject, Math.max(TICKS.least, Math.min(TICKS.most, Math.round(wanted))));
    }
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (const bout of rotated(bouts, round)) {
      const amount = { ticks: ticks.get(bout.subject) ?? TICKS.least };
      const row = await fairly(lost, () => bout.round(workload, round, amount));
      if (row) measured.push(row);
      else await drop(bout);
    }
  }
  return measured;
}

/** What others lose is told; what we lose ends the run, for then there is nothing to compare. */
async function fairly<T>(lost: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VoidRoundError) || error.message.startsWith("tocsin:")) throw error;
    lost.push(error.message);
    return undefined;
  }
}
