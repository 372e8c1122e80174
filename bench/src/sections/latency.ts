import { type Measured, startBout } from "../bout.js";
import { figure } from "../report.js";
import { median, pairedRatio } from "../stats.js";
import { ALERT_LATENCY } from "../targets.js";
import { oneChannel, type Workload } from "../workloads.js";
import { type Part, rotated } from "./section.js";

const shape = { ...oneChannel, alerts: true };
const quiet: Workload = {
  name: "idle hub",
  title: "alerts alone",
  shape,
  eventsPerTick: 0,
  tickMs: 10,
  alertEveryMs: 40,
};
const floods: readonly Workload[] = [5, 30].map((k) => ({
  ...quiet,
  name: `flood of W3-${k}`,
  title: `alerts among ${k} events per 10 ms`,
  eventsPerTick: k,
}));

/** An alert to 1,000 readers, from when it was due until they have it: on an idle hub, and in a flood. */
export const latency: Part = {
  name: "latency",
  title: "an alert to 1,000 readers in a flood of other events, beside one on an idle hub",
  async run({ quick, rounds }) {
    const workloads = [quiet, ...floods];
    const rows: Measured[] = [];
    const bout = await startBout("tocsin", shape);
    try {
      for (const workload of workloads) await bout.round(workload, -1, { alerts: 10 });
      for (let round = 0; round < rounds; round++) {
        for (const workload of rotated(workloads, round)) {
          rows.push(await bout.round(workload, round, { alerts: quick ? 25 : 100 }));
        }
      }
    } finally {
      await bout.stop();
    }
    const of = (name: string) => rows.filter(({ workload }) => workload === name);
    const p99 = (name: string) =>
      of(name).map(({ round, p99Ms }) => ({ round, value: p99Ms ?? Number.NaN }));
    return {
      rows,
      tables: [
        {
          head: ["alerts on", "p50 ms", "p99 ms", "deliveries/s"],
          rows: workloads.map(({ name }) => [
            name,
            figure(median(of(name).map((row) => row.p50Ms ?? Number.NaN))),
            figure(median(of(name).map((row) => row.p99Ms ?? Number.NaN))),
            figure(median(of(name).map((row) => row.deliveriesPerSecond))),
          ]),
        },
      ],
      checks: floods.flatMap(({ name }) => {
        const ratio = pairedRatio(p99(quiet.name), p99(name));
        if (!ratio) return [];
        const { median: reached, min, max } = ratio;
        const what = `p99 of an alert in a ${name}, in those of an idle hub`;
        return [{ what, reached, min, max, must: ALERT_LATENCY, is: "at most" as const }];
      }),
      notes: [
        "Counted from the time an alert was due, not from when its turn came, to its arrival at one of 16 readers.",
      ],
    };
  },
};
