import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBout } from "../bout.js";
import { sourceMaps } from "../profile/source-maps.js";
import { type Share, sideBySide, summarise } from "../profile/summary.js";
import { figure } from "../report.js";
import { fanOutWorkloads } from "../workloads.js";
import type { Part } from "./section.js";

const PROFILED = ["W1", "W3-5", "W3-50", "W2", "W2b"];
const PROFILED_QUICKLY = ["W1", "W3-50", "W2"];
/** Parts below this share of every workload are added up. */
const LEAST = 0.015;

/** Where the time of a delivery goes. */
export const profile: Part = {
  name: "profile",
  title: "what each microsecond of a delivery goes to",
  async run({ quick }) {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-bench-"));
    const sourceOf = sourceMaps();
    const workloads = fanOutWorkloads(quick).filter(({ name }) =>
      (quick ? PROFILED_QUICKLY : PROFILED).includes(name),
    );
    const found: { workload: string; cpuUsPerDelivery: number; shares: readonly Share[] }[] = [];
    try {
      for (const workload of workloads) {
        const bout = await startBout("tocsin", workload.shape);
        try {
          const warm = await bout.round(workload, -1, { ticks: 20 });
          const wanted = ((quick ? 500_000 : 3_000_000) / warm.cpuUs) * 20;
          const ticks = Math.max(20, Math.round(wanted));
          const file = join(folder, `${workload.name}.cpuprofile`);
          // the figure is that of a round without the profiler, which costs something itself
          const { cpuUsPerDelivery } = await bout.round(workload, 0, { ticks });
          await bout.profiled(file, () => bout.round(workload, 1, { ticks }));
          const shares = summarise(JSON.parse(readFileSync(file, "utf8")), sourceOf);
          found.push({ workload: workload.name, cpuUsPerDelivery, shares });
        } finally {
          await bout.stop();
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const parts = sideBySide(
      found.map(({ shares }) => shares),
      LEAST,
    );
    return {
      rows: found,
      tables: [
        {
          head: ["us/delivery", ...found.map(({ workload }) => workload)],
          rows: [
            ...parts.map(({ part, shares }) => [
              part,
              ...shares.map((share, n) =>
                figure(share * (found[n]?.cpuUsPerDelivery ?? Number.NaN)),
              ),
            ]),
            ["all of it", ...found.map(({ cpuUsPerDelivery }) => figure(cpuUsPerDelivery))],
          ],
        },
      ],
      notes: [
        "CPU time of the server as measured without a profiler, split by the samples of one taken afterwards. A write " +
          "is counted where it is called, the kernel's part of it included.",
      ],
    };
  },
};
