import { type Child, startChild } from "../child.js";
import { figure } from "../report.js";
import type { Crowd } from "../rules/market.js";
import { median, pairedRatio } from "../stats.js";
import { TENFOLD } from "../targets.js";
import { type Part, rotated } from "./section.js";

const SYMBOLS = 5_000;
const BASE = "a tenth";
const TENFOLD_NAME = "all";

interface Row {
  readonly crowd: string;
  readonly round: number;
  readonly ticks: number;
  readonly cpuUs: number;
  readonly moved: number;
}

/** W6: what a tick costs, and what it costs with ten times the monitors. */
export const rules: Part = {
  name: "W6",
  title: "ticks through the rule index, with a tenth of the monitors and with all",
  async run({ quick, rounds }) {
    const all = quick ? 100_000 : 1_000_000;
    const ticks = quick ? 100_000 : 1_000_000;
    const near = all / 20;
    const crowds: Readonly<Record<string, Crowd>> = {
      [BASE]: { symbols: SYMBOLS, near, far: all / 10 - near },
      [TENFOLD_NAME]: { symbols: SYMBOLS, near, far: all - near },
      "all, each within reach": { symbols: SYMBOLS, near: all, far: 0 },
    };
    const rows: Row[] = [];
    const children = new Map<string, Child>();
    const bytes = new Map<string, number>();
    try {
      for (const [name, crowd] of Object.entries(crowds)) {
        const child = startChild("rules/run.ts", [], {
          core: 0,
          nodeArgs: ["--max-old-space-size=8192"],
        });
        children.set(name, child);
        child.tell({ crowd });
        const { size = 0, bytes: held = 0 } = await child.hear();
        if (size !== crowd.near + crowd.far) throw new Error(`${size} monitors are watched`);
        bytes.set(name, held / size);
      }
      for (let round = -1; round < rounds; round++) {
        for (const [crowd, child] of rotated([...children], Math.max(0, round))) {
          child.tell({ ticks, seed: round + 2 });
          const { cpuUs = 0, moved = 0 } = await child.hear();
          if (round >= 0) rows.push({ crowd, round, ticks, cpuUs, moved });
        }
      }
    } finally {
      for (const child of children.values()) await child.stop();
    }
    return { rows, ...judged(rows, crowds, bytes) };
  },
};

function judged(
  rows: readonly Row[],
  crowds: Readonly<Record<string, Crowd>>,
  bytes: ReadonlyMap<string, number>,
) {
  const of = (crowd: string) => rows.filter((row) => row.crowd === crowd);
  const values = (crowd: string) => of(crowd).map(({ round, cpuUs }) => ({ round, value: cpuUs }));
  for (const { round, moved } of of(BASE)) {
    const same = of(TENFOLD_NAME).find((row) => row.round === round)?.moved === moved;
    if (!same) throw new Error("W6: with more monitors out of reach other rules moved");
  }
  const ratio = pairedRatio(values(BASE), values(TENFOLD_NAME));
  return {
    tables: [
      {
        head: ["monitors", "number", "CPU us/tick", "rules moved/tick", "ticks/s", "bytes/monitor"],
        rows: Object.entries(crowds).map(([name, { near, far }]) => {
          const perTick = (pick: (row: Row) => number) =>
            median(of(name).map((row) => pick(row) / row.ticks));
          const cpu = perTick((row) => row.cpuUs);
          return [
            name,
            (near + far).toLocaleString("en"),
            figure(cpu),
            figure(perTick((row) => row.moved)),
            figure(1e6 / cpu),
            figure(bytes.get(name)),
          ];
        }),
      },
    ],
    checks: ratio
      ? [
          {
            what: "W6, a tick with ten times the monitors",
            reached: ratio.median,
            min: ratio.min,
            max: ratio.max,
            must: TENFOLD,
            is: "at most" as const,
          },
        ]
      : [],
    notes: [
      `${SYMBOLS.toLocaleString("en")} symbols. The first two have the same monitors within reach of the prices, so ` +
        "the same rules move; in the third every monitor is within reach, and a tick moves more of them.",
    ],
  };
}
