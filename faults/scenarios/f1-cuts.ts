import { createBell } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import type { Cut } from "../lib/link.js";
import { createProxy, type TcpProxy } from "../lib/proxy.js";
import { createPublisher } from "../lib/publisher.js";
import { type Dice, moments } from "../lib/random.js";
import { createReader, type Reader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";

const CUTS: readonly [Cut, ...Cut[]] = ["reset", "half-close-up", "half-close-down"];

/** Longest run of bytes let through before an armed cut falls; a frame here is some 90 bytes long. */
const MID_FRAME_BYTES = 300;

/**
 * Cuts one line, now or in the middle of a frame that is on its way. Lines of readers, and that of the publisher:
 * acknowledgements get lost too.
 */
function cutOne({ link }: TcpProxy, { pick, between }: Dice): void {
  const cut = pick(CUTS);
  if (!link) return;
  if (between(0, 2) > 0) {
    const direction = "down" as const;
    link.setTrap({ direction, atByte: link.passed.down + between(1, MID_FRAME_BYTES), cut });
  } else link.cut(cut);
}

export const randomCuts: Scenario = {
  id: "F1",
  title: "RST, half-close and mid-frame cuts",
  withinSeconds: 120,
  async run({ dice, quick }) {
    const {
      readers: readerCount,
      events,
      cuts,
    } = quick
      ? { readers: 5, events: 1_000, cuts: 20 }
      : { readers: 20, events: 10_000, cuts: 200 };
    const bell = createBell();
    await using server = await startServer();
    const proxies: TcpProxy[] = [];
    for (let index = 0; index <= readerCount; index += 1) {
      proxies.push(await createProxy({ target: () => server.port, onChange: bell.ring }));
    }
    const [publisherProxy, ...readerProxies] = proxies as [TcpProxy, ...TcpProxy[]];
    await using _proxies = together(proxies);
    const readers: Reader[] = readerProxies.map(({ url }, index) =>
      createReader({
        name: `reader ${index + 1}`,
        url,
        channel: { kind: "journal", name: "all" },
        bell,
        dice: dice.fork(),
      }),
    );
    await using _readers = together(readers);
    await using publisher = createPublisher({
      url: publisherProxy.url,
      name: "all",
      window: 32,
      dice: dice.fork(),
    });
    await bell.until(() => readers.every(({ live }) => live), 10_000, "all readers joined");

    const schedule = moments(dice, cuts, 1, events);
    const victims = new Map(schedule.map((n) => [n, dice.between(0, readerCount)]));
    await publisher.run(events, (n) => {
      const victim = victims.get(n);
      const proxy = victim === undefined ? undefined : proxies[victim];
      if (!proxy) return undefined;
      // A line that is down cannot be cut; the schedule waits for it, so that every cut is one.
      const isUp = () =>
        proxy.link !== undefined && (victim === 0 || readers[(victim ?? 0) - 1]?.live === true);
      return bell.until(isUp, 10_000, `line ${victim} is up`).then(() => cutOne(proxy, dice));
    });
    // What was armed in a line that then fell silent is cut outright, so that the number is what it says.
    const count = () => proxies.reduce((sum, proxy) => sum + proxy.cuts, 0);
    while (count() < cuts) {
      const index = dice.between(0, readerCount - 1);
      await bell.until(() => readers[index]?.live === true, 10_000, `reader ${index + 1} is back`);
      readerProxies[index]?.link?.cut("reset");
    }
    await bell
      .until(
        () => readers.every(({ newest }) => newest === events),
        20_000,
        "all readers saw the end",
      )
      .catch(() => {}); // the checker counts what is missing

    const verdict = check([{ channel: "journal:all", publishes: publisher.records, readers }]);
    const recoveries = readers.reduce((sum, { joins }) => sum + joins - 1, 0);
    return outcomeOf(verdict, {
      events: events * readerCount,
      cuts: count(),
      violations: verdict.gaps > 0 ? [`${verdict.gaps} gaps inside retention`] : [],
      notes: [`${events} events x ${readerCount} subscribers, ${recoveries} recoveries`],
    });
  },
};
