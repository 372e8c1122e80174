import { type Memory, startBout } from "../bout.js";
import { figure, times } from "../report.js";
import { median, pairedRatio } from "../stats.js";
import { MEMORY } from "../targets.js";
import { symbols } from "../workloads.js";
import { type Part, rotated } from "./section.js";

interface Row extends Memory {
  readonly subject: string;
  readonly round: number;
}

/** W4: what a connection costs that hears nothing. */
export const memory: Part = {
  name: "W4",
  title: "resident memory of an idle connection with 10 subscriptions",
  async run({ quick, names }) {
    const shape = symbols(quick ? 2_000 : 10_000);
    const rows: Row[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      for (const subject of rotated(names, round)) {
        const bout = await startBout(subject, shape, { withMemory: true });
        if (bout.memory) rows.push({ subject, round, ...bout.memory });
        await bout.stop();
      }
    }
    const of = (subject: string) => rows.filter((row) => row.subject === subject);
    const values = (subject: string) =>
      of(subject).map(({ round, perConnection }) => ({ round, value: perConnection }));
    const ours = median(of("tocsin").map((row) => row.perConnection));
    const toSocketIo = pairedRatio(values("socket.io"), values("tocsin"));
    return {
      rows,
      tables: [
        {
          head: ["server", "KiB/connection", "KiB/further connection", "tocsin takes"],
          rows: names.map((name) => [
            name,
            figure(median(of(name).map((row) => row.perConnection)) / 1_024),
            figure(median(of(name).map((row) => row.perFurtherConnection)) / 1_024),
            name === "tocsin" ? "" : times(pairedRatio(values(name), values("tocsin"))?.median),
          ]),
        },
      ],
      checks: [
        ...(toSocketIo
          ? [
              {
                what: "W4, of the memory of Socket.IO",
                reached: toSocketIo.median,
                min: toSocketIo.min,
                max: toSocketIo.max,
                must: MEMORY.ofSocketIo,
                is: "at most" as const,
              },
            ]
          : []),
        {
          what: "W4, KiB a connection",
          reached: ours / 1_024,
          must: MEMORY.bytes / 1_024,
          is: "at most",
        },
      ],
      notes: [
        `${shape.connections.toLocaleString("en")} connections. The second column leaves out what a server grows once, ` +
          "with its first connections. Memory of the kernel is not in it.",
      ],
    };
  },
};
