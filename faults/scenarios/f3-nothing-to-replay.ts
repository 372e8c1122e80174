import { createBell } from "../lib/bell.js";
import { createProxy } from "../lib/proxy.js";
import { createReader, type Reader, together } from "../lib/reader.js";
import { NOTHING, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";

const EVENTS = 50;

/** Reconnects without traffic must bring nothing: on a channel with a past, and on one without. */
export const nothingToReplay: Scenario = {
  id: "F3",
  title: "reconnects without traffic",
  withinSeconds: 60,
  async run({ dice, quick }) {
    const reconnects = quick ? 10 : 100;
    const bell = createBell();
    await using server = await startServer();
    await using proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
    const readers: Reader[] = ["written", "empty"].map((name) =>
      createReader({
        name,
        url: proxy.url,
        channel: { kind: "journal", name },
        bell,
        dice: dice.fork(),
      }),
    );
    await using _ = together(readers);
    const [written] = readers;
    await bell.until(() => readers.every(({ live }) => live), 5_000, "both joined");
    await server.ask({ do: "publish", channel: "journal", name: "written", from: 1, to: EVENTS });
    await bell.until(() => written?.newest === EVENTS, 5_000, "the events arrived");

    for (let round = 1; round <= reconnects; round += 1) {
      proxy.resetAll();
      const back = () => readers.every(({ joins, live }) => live && joins === round + 1);
      await bell.until(back, 5_000, `both are back, round ${round}`);
    }
    const log = readers.flatMap(({ seen }) => seen);
    const replayed = log.filter(({ is }) => is === "event").length - EVENTS;
    const calm = log.filter((entry) => entry.is === "joined" && entry.outcome === "nothing-missed");
    const gaps = log.filter(({ is }) => is === "gap").length;
    return {
      ...NOTHING,
      cuts: proxy.cuts,
      duplicated: replayed,
      gaps,
      violations: unmet({
        [`${replayed} events replayed`]: replayed === 0,
        [`${calm.length} of ${2 * reconnects} answers said nothing-missed`]:
          calm.length === 2 * reconnects,
      }),
      notes: [`${calm.length} reconnects answered nothing-missed, ${replayed} events replayed`],
    };
  },
};
