import { createBell } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import { createPublisher } from "../lib/publisher.js";
import { createReader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";

const READERS = 4;

export const killMemory: Scenario = {
  id: "F5",
  title: "SIGKILL, memory store",
  withinSeconds: 180,
  async run({ dice, quick }) {
    const { events, kills } = quick ? { events: 400, kills: 3 } : { events: 20_000, kills: 50 };
    const perLife = Math.floor(events / kills);
    const bell = createBell();
    await using server = await startServer();
    await using publisher = createPublisher({
      url: server.url,
      name: "all",
      window: 16,
      dice: dice.fork(),
      onSettled: bell.ring,
    });
    const readers = Array.from({ length: READERS }, (_none, index) =>
      createReader({
        name: `reader ${index + 1}`,
        url: server.url,
        channel: { kind: "journal", name: "all" },
        bell,
        dice: dice.fork(),
      }),
    );
    await using _ = together(readers);
    await bell.until(() => readers.every(({ live }) => live), 10_000, "all readers joined");

    for (let life = 1; life <= kills; life += 1) {
      const before = publisher.settled;
      const moment = before + dice.between(1, perLife - 32);
      const publishing = publisher.run(perLife);
      await bell.until(() => publisher.settled >= moment, 10_000, `publish ${moment} is settled`);
      await server.kill();
      await server.restart();
      await publishing;
      const back = () => readers.every(({ live, joins }) => live && joins === life + 1);
      await bell.until(back, 10_000, `all readers are back after kill ${life}`);
    }
    await publisher.run(1);
    const last = publisher.records.length;
    const atEnd = () => readers.every(({ newest }) => newest === last);
    await bell.until(atEnd, 10_000, "all readers saw the end").catch(() => {}); // the checker counts

    const verdict = check([{ channel: "journal:all", publishes: publisher.records, readers }]);
    const told = readers.map(({ gaps }) => gaps);
    return outcomeOf(verdict, {
      events: last * READERS,
      cuts: kills,
      violations: unmet({
        [`gaps told to readers: ${told.join(", ")}, not ${kills} each`]: told.every(
          (gaps) => gaps === kills,
        ),
      }),
      notes: [
        `each of ${READERS} readers was told of ${Math.min(...told)} of ${kills} changes of epoch; ` +
          `${verdict.missedInGaps} deliveries fell into those gaps, ${verdict.lost} outside them`,
      ],
    });
  },
};
