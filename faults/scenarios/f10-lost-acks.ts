import { type Client, createClient } from "@tocsin/client";
import { createBell } from "../lib/bell.js";
import { check, type PublishRecord } from "../lib/checker.js";
import { contract } from "../lib/contract.js";
import { dropFrames } from "../lib/frames.js";
import { createProxy } from "../lib/proxy.js";
import { moments } from "../lib/random.js";
import { together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";
import { storedJournals } from "../lib/stored.js";
import { temporaryFile } from "../lib/temporary-file.js";

const RETRIES = 5;
/** Unanswered publishes of one client. */
const WINDOW = 8;
/** Rather more than a busy machine takes for an answer; what is late is retried like what is lost. */
const ANSWER_MS = 1_500;

interface Told {
  readonly record: PublishRecord;
  /** Two answers to one key that name different positions, or a repeat that was not told so. */
  readonly contradictions: number;
}

/** Publishes under one key; once an answer is missing, five times more, however those are answered. */
async function publishStubbornly(
  client: Client<typeof contract>,
  name: string,
  n: number,
): Promise<Told> {
  let record: PublishRecord = { value: n, outcome: "unknown" };
  let contradictions = 0;
  for (let attempt = 0; attempt <= RETRIES; attempt += 1) {
    try {
      const options = { key: `key-${n}`, timeoutMs: ANSWER_MS };
      const answer = await client.publish(contract.journal({ name }), { n }, options);
      const { offset, epoch, duplicate } = answer;
      if (record.outcome === "acked" && (record.offset !== offset || !duplicate)) {
        contradictions += 1;
      }
      record = { value: n, outcome: "acked", epoch, offset };
      if (attempt === 0) break;
    } catch {
      // no answer in time, or the server could not say; both are what a retry is for
    }
  }
  return { record, contradictions };
}

export const lostAcks: Scenario = {
  id: "F10",
  title: "lost acks, same key, SIGKILL between",
  withinSeconds: 180,
  async run({ dice, quick }) {
    const { channels, perChannel, drops, kills } = quick
      ? { channels: 4, perChannel: 50, drops: 20, kills: 1 }
      : { channels: 20, perChannel: 500, drops: 1_000, kills: 5 };
    const total = channels * perChannel;
    using file = temporaryFile("hub.db");
    const bell = createBell();
    await using server = await startServer({ file: file.path });
    const lots = dice.fork();
    let dropped = 0;
    const unlucky = (frame: string) => {
      if (!frame.includes('"type":"published"') || dropped >= drops) return false;
      // Rather more often than needed, so that the number is full before the end.
      if (lots.roll() > (1.3 * drops) / total) return false;
      dropped += 1;
      return true;
    };
    await using proxy = await createProxy({
      target: () => server.port,
      filter: () => dropFrames(unlucky),
    });
    const names = Array.from({ length: channels }, (_none, index) => `c${index}`);
    const clients = names.map(() =>
      createClient({
        url: proxy.url,
        contract,
        backoff: { baseMs: 5, maxMs: 40 },
        random: dice.fork().roll,
      }),
    );
    await using _ = together(
      clients.map((client) => ({ [Symbol.asyncDispose]: () => client.close() })),
    );

    let settled = 0;
    let contradictions = 0;
    const records = names.map((): PublishRecord[] => []);
    const publishing = names.flatMap((name, channel) =>
      Array.from({ length: WINDOW }, async (_none, worker) => {
        const client = clients[channel];
        for (let n = worker + 1; client && n <= perChannel; n += WINDOW) {
          const told = await publishStubbornly(client, name, n);
          records[channel]?.push(told.record);
          contradictions += told.contradictions;
          settled += 1;
          bell.ring();
        }
      }),
    );
    for (const moment of moments(dice, kills, 1, Math.floor(total * 0.9))) {
      await bell.until(() => settled >= moment, 60_000, `publish ${moment} is settled`);
      await server.kill();
      await server.restart();
    }
    await Promise.all(publishing);
    await server.kill();

    const stored = await storedJournals(file.path, names);
    const verdict = check(
      names.map((name, index) => ({
        channel: `journal:${name}`,
        publishes: records[index] ?? [],
        readers: [],
        stored: stored[index] ?? [],
      })),
    );
    const kept = stored.reduce((sum, { length }) => sum + length, 0);
    return outcomeOf(verdict, {
      events: total,
      cuts: kills,
      violations: unmet({
        [`${kept} of ${total} stored`]: kept === total,
        [`${verdict.unacked.sent} never acknowledged in ${RETRIES} retries`]:
          verdict.unacked.sent === 0,
        [`${contradictions} answers contradict an earlier one`]: contradictions === 0,
      }),
      notes: [`${dropped} acknowledgements dropped, each retried ${RETRIES} times; ${kept} stored`],
    });
  },
};
