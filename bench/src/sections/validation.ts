import { decodeClientMessage, defineContract, jsonCodec, latest } from "@tocsin/protocol";
import { createHub } from "@tocsin/server-kit";
import type { z } from "zod";
import { indexQuotes, quote } from "../data/quotes.js";
import { figure } from "../report.js";
import type { Part } from "./section.js";
import { nanosecondsOf, type Task } from "./timing.js";

const inbound = {
  subscribe: {
    type: "subscribe",
    id: "1",
    channel: "stock:SPX",
    since: { epoch: "e", offset: 17 },
  },
  publish: { type: "publish", id: "2", channel: "stock:SPX", data: indexQuotes(1)[0], key: "k1" },
  ping: { type: "ping" },
} as const;

/** What checking every message and every payload costs. */
export const validation: Part = {
  name: "validation",
  title: "checking what comes in and what goes out against its schema",
  async run({ quick, rounds }) {
    const options = { rounds, roundMs: quick ? 50 : 200 };
    const frames = Object.entries(inbound).map(
      ([name, message]) => [name, JSON.stringify(message)] as const,
    );
    const tasks: Task[] = frames.flatMap(([name, frame]) => [
      { name: `${name} parse`, run: repeated(() => jsonCodec.parse(frame).ok) },
      { name: `${name} decode`, run: repeated(() => decodeClientMessage(jsonCodec, frame).ok) },
    ]);
    const quotes = indexQuotes(250);
    tasks.push({
      name: "quote",
      run: repeated((n) => quote.safeParse(quotes[n % quotes.length]).success),
    });
    const ns = nanosecondsOf(tasks, options);
    const of = (name: string) => ns.get(name) ?? Number.NaN;
    const publishing = await publishNs(quotes, options);
    const rows = [
      ...frames.map(([name]) => ({
        what: `a client's ${name}`,
        ns: of(`${name} decode`) - of(`${name} parse`),
        wholeNs: of(`${name} decode`),
        whole: "reading the frame",
      })),
      {
        what: "a published quote",
        ns: of("quote"),
        wholeNs: publishing,
        whole: "publishing it, before any reader",
      },
    ];
    return {
      rows,
      tables: [
        {
          head: ["what is checked", "ns", "share", "ns of", ""],
          rows: rows.map(({ what, ns: own, wholeNs, whole }) => [
            what,
            figure(own),
            `${Math.round((100 * own) / wholeNs)}%`,
            figure(wholeNs),
            whole,
          ]),
        },
      ],
      notes: ["A payload is checked once for each publish, however many readers it has."],
    };
  },
};

/** CPU time of one publish on a channel that nobody reads. */
async function publishNs(
  quotes: readonly z.infer<typeof quote>[],
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<number> {
  const contract = defineContract({ channels: { price: latest("stock:{code}", quote) } });
  await using hub = createHub({ contract });
  const ref = contract.price({ code: "SPX" });
  const count = roundMs * 100;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= rounds; round++) {
    const before = process.cpuUsage();
    for (let n = 0; n < count; n++) {
      const data = quotes[n % quotes.length];
      if (data) await hub.publish(ref, data);
    }
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1_000) / count);
  }
  return best;
}

function repeated(once: (n: number) => boolean): Task["run"] {
  return (times) => {
    let good = 0;
    for (let n = 0; n < times; n++) if (once(n)) good += 1;
    return good;
  };
}
