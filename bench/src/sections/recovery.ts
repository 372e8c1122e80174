import { startChild } from "../child.js";
import { figure } from "../report.js";
import { median, pairedRatio } from "../stats.js";
import { READS_PER_POSITION, RECOVERY } from "../targets.js";
import type { Part } from "./section.js";

const MISSED = 100;

interface Row {
  readonly missed: number;
  readonly round: number;
  readonly clients: number;
  readonly cpuUsPerClient: number;
  readonly reads: number;
  readonly ms: number;
}

/** W5: everybody is cut at once, and comes back at once with a position. */
export const recovery: Part = {
  name: "W5",
  title: "a cut of all clients, who come back with 100 events missed each",
  async run({ quick, rounds: wanted }) {
    const clients = quick ? 1_000 : 10_000;
    const server = startChild("recovery/server.ts", [], { core: 0 });
    const readers = startChild("recovery/readers.ts", [], { core: 1 });
    const rows: Row[] = [];
    try {
      const { port } = await server.hear();
      let position = await publish(200);
      /** All clients come, are brought up to date, and are cut. */
      const storm = async (missed: number, round: number) => {
        const since = position;
        if (missed > 0) position = await publish(missed);
        server.tell({ start: true });
        await server.hear();
        readers.tell({ port, clients, missed, ...since });
        const { answered = 0, wrong = 0, ms = 0 } = await readers.hear();
        server.tell({ stop: true });
        const { cpuUs = 0, reads = 0 } = await server.hear();
        if (answered !== clients || wrong > 0) {
          throw new Error(
            `tocsin: of ${clients} clients ${answered} were answered, and ${wrong} had not each event once`,
          );
        }
        if (round >= 0)
          rows.push({ missed, round, clients, cpuUsPerClient: cpuUs / clients, reads, ms });
      };
      await storm(0, -1);
      await storm(MISSED, -1);
      for (let round = 0; round < wanted; round++) {
        const order = round % 2 === 0 ? [0, MISSED] : [MISSED, 0];
        for (const missed of order) await storm(missed, round);
      }
      async function publish(events: number): Promise<{ epoch: string; offset: number }> {
        server.tell({ publish: events });
        const { epoch, offset } = await server.hear();
        return { epoch: String(epoch), offset: Number(offset) };
      }
    } finally {
      await Promise.all([server.stop(), readers.stop()]);
    }
    return { rows, ...judged(rows) };
  },
};

function judged(rows: readonly Row[]) {
  const of = (missed: number) => rows.filter((row) => row.missed === missed);
  const cpu = (missed: number) =>
    of(missed).map(({ round, cpuUsPerClient }) => ({ round, value: cpuUsPerClient }));
  const ratio = pairedRatio(cpu(0), cpu(MISSED));
  const reads = median(of(MISSED).map((row) => row.reads));
  const line = (title: string, missed: number) => [
    title,
    figure(median(of(missed).map((row) => row.cpuUsPerClient))),
    figure(median(of(missed).map((row) => row.reads))),
    figure(median(of(missed).map((row) => row.ms))),
  ];
  return {
    tables: [
      {
        head: ["client", "CPU us/client", "reads of the history", "ms until all are back"],
        rows: [line("missed nothing", 0), line(`missed ${MISSED} events`, MISSED)],
      },
    ],
    checks: [
      ...(ratio
        ? [
            {
              what: "W5, a recovery in plain reconnects",
              reached: ratio.median,
              min: ratio.min,
              max: ratio.max,
              must: RECOVERY,
              is: "at most" as const,
            },
          ]
        : []),
      {
        what: "W5, reads of the history for one position",
        reached: reads,
        must: READS_PER_POSITION,
        is: "at most" as const,
      },
    ],
    notes: [
      `${rows[0]?.clients.toLocaleString("en")} clients of one channel. Each of them was counted to have each event once.`,
    ],
  };
}
