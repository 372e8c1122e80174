import { type Bout, type Measured, startBout } from "../bout.js";
import { figure, times } from "../report.js";
import { median, pairedRatio, type Ratio } from "../stats.js";
import { TENFOLD } from "../targets.js";
import { readersPerChannel, type Shape } from "../workloads.js";
import { type Part, rotated } from "./section.js";

interface Scale {
  readonly what: string;
  readonly base: Shape;
  readonly tenfold: Shape;
  /** Events per 10 ms. With more channels they are the same number, on other channels. */
  readonly eventsPerTick: number;
}

function scales(quick: boolean): readonly Scale[] {
  const connections = quick ? 200 : 1_000;
  const one: Shape = { connections, channels: 1, channelsPerConnection: 1 };
  const each = { connections, channelsPerConnection: 10, channels: connections / 5 };
  return [
    {
      what: "ten times the connections, all of them readers",
      base: one,
      tenfold: { ...one, connections: 10 * connections },
      eventsPerTick: 5,
    },
    {
      what: "ten times the connections, the others idle",
      base: one,
      tenfold: { ...one, idle: 9 * connections },
      eventsPerTick: 5,
    },
    {
      what: "ten times the channels, as many readers on each",
      base: each,
      tenfold: { connections, channelsPerConnection: 100, channels: 2 * connections },
      eventsPerTick: connections / 10,
    },
  ];
}

/** What a delivery costs when there is ten times as much of everything else. */
export const scaling: Part = {
  name: "scaling",
  title: "cost of a delivery with ten times the connections, and with ten times the channels",
  async run({ quick, rounds }) {
    const rows: (Measured & { readonly what: string })[] = [];
    const ratios: { readonly what: string; readonly ratio: Ratio | undefined }[] = [];
    for (const scale of scales(quick)) {
      const bouts: [string, Bout, Shape][] = [];
      const add = async (name: string, shape: Shape) =>
        void bouts.push([name, await startBout("tocsin", shape), shape]);
      const of = (name: string) =>
        rows
          .filter(({ what, workload }) => what === scale.what && workload === name)
          .map(({ round, cpuUsPerDelivery }) => ({ round, value: cpuUsPerDelivery }));
      try {
        await add("base", scale.base);
        await add("tenfold", scale.tenfold);
        for (let round = -1; round < rounds; round++) {
          for (const [name, bout, shape] of rotated(bouts, Math.max(0, round))) {
            const workload = {
              name,
              title: "",
              shape,
              eventsPerTick: scale.eventsPerTick,
              tickMs: 10,
            };
            // as many deliveries in both
            const deliveries = quick ? 60_000 : 400_000;
            const perTick = scale.eventsPerTick * readersPerChannel(shape);
            const ticks = Math.max(4, Math.round(deliveries / perTick));
            const row = await bout.round(workload, round, { ticks });
            if (round >= 0) rows.push({ ...row, what: scale.what });
          }
        }
      } finally {
        for (const [, bout] of bouts) await bout.stop();
      }
      ratios.push({ what: scale.what, ratio: pairedRatio(of("base"), of("tenfold")) });
    }
    const cpu = (what: string, name: string) =>
      figure(
        median(
          rows
            .filter((row) => row.what === what && row.workload === name)
            .map((row) => row.cpuUsPerDelivery),
        ),
      );
    return {
      rows,
      tables: [
        {
          head: ["scale", "CPU us/delivery", "tenfold", "is"],
          rows: ratios.map(({ what, ratio }) => [
            what,
            cpu(what, "base"),
            cpu(what, "tenfold"),
            times(ratio?.median),
          ]),
        },
      ],
      checks: ratios.flatMap(({ what, ratio }) =>
        ratio
          ? [
              {
                what,
                reached: ratio.median,
                min: ratio.min,
                max: ratio.max,
                must: TENFOLD,
                is: "at most" as const,
              },
            ]
          : [],
      ),
    };
  },
};
