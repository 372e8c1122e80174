import { createBell, poll } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import { DEFAULT_BACKOFF } from "../lib/defaults.js";
import { createProxy } from "../lib/proxy.js";
import { createPublisher } from "../lib/publisher.js";
import { type Rates, rates } from "../lib/rates.js";
import { createReader, type Reader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";
import { storedJournals } from "../lib/stored.js";
import { temporaryFile } from "../lib/temporary-file.js";

const BATCH = 200;

/** What a load balancer asks. Nobody there is not ready either. */
const ready = (port: number) =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

export const rollingRestart: Scenario = {
  id: "S4",
  title: "SIGTERM, drain, successor",
  withinSeconds: 240,
  async run({ dice, quick }) {
    const { count, restarts, everyMs, close } = quick
      ? {
          count: 30,
          restarts: 2,
          everyMs: 20,
          close: { drainWithin: 500, noticeFor: 200, backAfter: 500 },
        }
      : {
          count: 1_000,
          restarts: 10,
          everyMs: 100,
          close: { drainWithin: 2_500, noticeFor: 500, backAfter: 1_000 },
        };
    using file = temporaryFile("hub.db");
    const bell = createBell();
    await using server = await startServer({ file: file.path, close });
    await using proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
    const readers: Reader[] = [];
    await using _readers = together(readers);
    for (let first = 0; first < count; first += BATCH) {
      for (let index = first; index < Math.min(first + BATCH, count); index += 1) {
        readers.push(
          createReader({
            name: `reader ${index + 1}`,
            url: proxy.url,
            channel: { kind: "journal", name: "all" },
            bell,
            dice: dice.fork(),
            backoff: DEFAULT_BACKOFF,
            connectTimeoutMs: 15_000,
          }),
        );
      }
      const batch = readers.slice(first);
      await bell.until(() => batch.every(({ live }) => live), 30_000, `readers from ${first}`);
    }
    await using publisher = createPublisher({
      url: proxy.url,
      name: "all",
      window: 4,
      dice: dice.fork(),
    });

    let connects: number[] = [];
    let told = 0;
    let dials = 0;
    let longestAwayMs = 0;
    for (const { client } of readers) {
      let leftAt: number | undefined;
      client.on("goaway", () => {
        told += 1;
      });
      client.on("state", ({ status }) => {
        const now = performance.now();
        if (status === "connecting") dials += 1;
        if (status !== "live") leftAt ??= now;
        else if (leftAt !== undefined) {
          longestAwayMs = Math.max(longestAwayMs, now - leftAt);
          leftAt = undefined;
          connects.push(now);
        }
      });
    }

    // One publish after the other without an end, also while nobody is there to take them.
    let over = false;
    const publishing = (async () => {
      while (!over) {
        await publisher.run(1);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    })();

    const problems: string[] = [];
    const perRestart: Rates[] = [];
    for (let life = 1; life <= restarts; life += 1) {
      await new Promise((resolve) => setTimeout(resolve, dice.between(0, 500)));
      [connects, told] = [[], 0];
      const exit = server.stop();
      const failed = async () => {
        const before = told;
        const ok = await ready(server.port);
        if (ok && before > 0) problems.push(`ready, though ${before} had been sent away`);
        return !ok;
      };
      await poll(failed, 5_000, "readiness fails");
      const code = await exit;
      if (code !== 0) problems.push(`restart ${life} ended with ${code}`);
      if (told !== count) problems.push(`restart ${life}: ${told} of ${count} were told to go`);
      await server.restart();
      const back = () => readers.every(({ live, joins }) => live && joins === life + 1);
      await bell.until(back, 30_000, `all are back after restart ${life}`);
      perRestart.push(rates(connects));
    }
    over = true;
    await publishing;
    const last = publisher.records.length;
    const atEnd = () => readers.every(({ newest }) => newest === last);
    await bell.until(atEnd, 20_000, "all readers saw the end").catch(() => {}); // the checker counts
    await server.kill();

    const [stored = []] = await storedJournals(file.path, ["all"]);
    const verdict = check([
      { channel: "journal:all", publishes: publisher.records, readers, stored },
    ]);
    const ratios = perRestart.map(({ peak, mean }) => peak / mean);
    const worst = Math.max(...ratios);
    return outcomeOf(verdict, {
      events: last * count,
      cuts: restarts,
      violations: [
        ...problems,
        ...unmet({
          [`${verdict.gaps} gaps although nothing was lost`]: verdict.gaps === 0,
          // A handful of clients has no rate to speak of.
          [`connects peaked at ${worst.toFixed(2)} x mean`]: quick || worst <= 2,
        }),
      ],
      notes: [
        `${restarts} restarts under ${count} readers and a publisher, ${last} events; connects in the fullest ` +
          `second at most ${worst.toFixed(2)} x mean; ${(dials / restarts).toFixed(0)} dials a restart; ` +
          `nobody was away for more than ${(longestAwayMs / 1_000).toFixed(1)} s`,
      ],
    });
  },
};
