import type { Measured } from "../bout.js";
import { figure, times } from "../report.js";
import type { Found } from "../results.js";
import { median, pairedRatio } from "../stats.js";
import { compressionSubjects, entryOf } from "../subjects/registry.js";
import type { Workload } from "../workloads.js";
import { measureFanOut } from "./fan-out.js";
import type { Part } from "./section.js";

const PLAIN = "shared, plain";

/** What permessage-deflate costs for each socket, and what it would cost once for all of them. */
export const compression: Part = {
  name: "compression",
  title: "real quotes to the readers of one channel, compressed for each socket or once for all",
  async run(plan) {
    const connections = plan.quick ? 100 : 500;
    const workload: Workload = {
      name: "compression",
      title: "",
      shape: { connections, channels: 1, channelsPerConnection: 1 },
      eventsPerTick: 1,
      tickMs: 0,
    };
    let found: Found = {};
    await measureFanOut([workload], { ...plan, names: compressionSubjects }, (_, all) => {
      found = all;
    });
    const rows = (found.rows ?? []) as Measured[];
    const of = (name: string) => rows.filter(({ subject }) => subject === name);
    const cpu = (name: string) =>
      of(name).map(({ round, cpuUsPerDelivery }) => ({ round, value: cpuUsPerDelivery }));
    return {
      rows,
      tables: [
        {
          head: ["server", "CPU us/delivery", "in plain frames", "bytes"],
          rows: compressionSubjects.map((name) => [
            name,
            figure(median(of(name).map((row) => row.cpuUsPerDelivery))),
            times(pairedRatio(cpu(PLAIN), cpu(name))?.median),
            figure(median(of(name).map((row) => row.bytesPerDelivery))),
          ]),
        },
      ],
      notes: [
        ...(found.notes ?? []),
        `${connections} readers. ${compressionSubjects.map((name) => `${name}: ${entryOf(name).what}.`).join(" ")} ` +
          "The hub does not compress; the shared ones are prototypes of what it could do.",
      ],
    };
  },
};
