import { createBell } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import { createPublisher } from "../lib/publisher.js";
import { moments } from "../lib/random.js";
import { createReader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";
import { storedJournals } from "../lib/stored.js";
import { temporaryFile } from "../lib/temporary-file.js";

export const killDurable: Scenario = {
  id: "F4",
  title: "SIGKILL, SQLite store",
  withinSeconds: 240,
  async run({ dice, quick }) {
    const { channels, perChannel, kills } = quick
      ? { channels: 4, perChannel: 100, kills: 3 }
      : { channels: 16, perChannel: 1_250, kills: 50 };
    const total = channels * perChannel;
    using file = temporaryFile("hub.db");
    const bell = createBell();
    await using server = await startServer({ file: file.path });
    const names = Array.from({ length: channels }, (_none, index) => `c${index}`);
    const publishers = names.map((name) =>
      createPublisher({
        url: server.url,
        name,
        window: 8,
        dice: dice.fork(),
        onSettled: bell.ring,
      }),
    );
    await using _publishers = together(publishers);
    const readers = names.map((name) =>
      createReader({
        name: `reader of ${name}`,
        url: server.url,
        channel: { kind: "journal", name },
        bell,
        dice: dice.fork(),
      }),
    );
    await using _readers = together(readers);
    await bell.until(() => readers.every(({ live }) => live), 10_000, "all readers joined");

    const settled = () => publishers.reduce((sum, publisher) => sum + publisher.settled, 0);
    const publishing = Promise.all(publishers.map((publisher) => publisher.run(perChannel)));
    // Never after the last publish: a kill with nothing under way would prove nothing.
    for (const moment of moments(dice, kills, 1, Math.floor(total * 0.97))) {
      await bell.until(() => settled() >= moment, 60_000, `publish ${moment} is settled`);
      await server.kill();
      await server.restart();
    }
    await publishing;
    // One more on each channel, acknowledged: whoever has it has had its chance to have all before it.
    await Promise.all(publishers.map((publisher) => publisher.run(1)));
    const last = perChannel + 1;
    const atEnd = () => readers.every(({ newest }) => newest === last);
    await bell.until(atEnd, 20_000, "all readers saw the end").catch(() => {}); // the checker counts
    await server.kill();

    const stored = await storedJournals(file.path, names);
    const verdict = check(
      names.map((_name, index) => ({
        channel: readers[index]?.channel ?? "",
        publishes: publishers[index]?.records ?? [],
        readers: readers.slice(index, index + 1),
        stored: stored[index] ?? [],
      })),
    );
    return outcomeOf(verdict, {
      events: total + channels,
      cuts: kills,
      violations: verdict.gaps > 0 ? [`${verdict.gaps} gaps although nothing was lost`] : [],
    });
  },
};
