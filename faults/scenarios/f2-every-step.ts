import { createBell } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import type { Cut, Direction } from "../lib/link.js";
import { createProxy, type TcpProxy } from "../lib/proxy.js";
import { createReader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { type ServerProcess, startServer } from "../lib/server-process.js";

/** Comes back in the same millisecond. */
const AT_ONCE = { baseMs: 0, maxMs: 0 };

const CUTS: readonly [Cut, ...Cut[]] = ["reset", "half-close-up", "half-close-down"];

/** How many events a round has to bring back: enough that a replay has a middle. */
const MOST_MISSED = 8;

/** Bytes of a whole conversation each way, from handshake to the end of the longest replay. */
const LONGEST: Readonly<Record<Direction, number>> = { up: 420, down: 1_900 };

/** The last thing the client was sent before the cut: the step of the protocol at which it fell. */
function stepOf({ passed, tail }: NonNullable<TcpProxy["lastCut"]>): string {
  if (passed.down === 0) return passed.up === 0 ? "before the upgrade" : "during the upgrade";
  const started = [...tail.matchAll(/"type":"([a-z]+)"/g)].at(-1);
  if (!started) return "between upgrade and hello";
  return tail.endsWith("}") ? `after ${started[1]}` : `inside a frame after ${started[1]}`;
}

export const everyStep: Scenario = {
  id: "F2",
  title: "cut at every step, back at once",
  withinSeconds: 120,
  async run({ dice, quick }) {
    const rounds = quick ? 60 : 1_000;
    const bell = createBell();
    await using server = await startServer();
    await using proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
    await using reader = createReader({
      name: "reader",
      url: proxy.url,
      channel: { kind: "journal", name: "steps" },
      bell,
      dice: dice.fork(),
      backoff: AT_ONCE,
      connectTimeoutMs: 1_000,
    });
    await using _ = together([reader, proxy]);
    await bell.until(() => reader.live, 5_000, "the reader joined");

    const steps = new Map<string, number>();
    let events = 0;
    let recovered = 0;
    for (let round = 0; round < rounds; round += 1) {
      const missed = dice.between(1, MOST_MISSED);
      const direction = dice.pick<Direction>(["up", "down", "down"]);
      const atByte = dice.between(0, LONGEST[direction]);
      const before = proxy.cuts;
      // Away, events happen, back: and on the way back, at some byte of some step, cut once more.
      proxy.trapNext({ direction, atByte, cut: dice.pick(CUTS) });
      proxy.link?.cut("reset");
      await publish(server, events, missed);
      events += missed;
      await bell.until(() => reader.newest === events && reader.live, 5_000, `round ${round}`);
      recovered += 1;
      if (proxy.cuts - before < 2) proxy.link?.cut("reset"); // the trap lay behind the last byte
      const cut = proxy.lastCut;
      if (cut) {
        const step = stepOf(cut);
        steps.set(step, (steps.get(step) ?? 0) + 1);
      }
      await bell.until(
        () => reader.live && proxy.link !== undefined,
        5_000,
        `after round ${round}`,
      );
    }

    const publishes = Array.from({ length: events }, (_none, index) => ({
      value: index + 1,
      outcome: "acked" as const,
    }));
    const verdict = check([{ channel: reader.channel, publishes, readers: [reader] }]);
    const reached = [...steps].sort().map(([step, times]) => `${step} ${times}`);
    return outcomeOf(verdict, {
      events,
      cuts: proxy.cuts,
      violations: unmet({
        [`${recovered} of ${rounds} rounds recovered`]: recovered === rounds,
        [`${verdict.gaps} gaps inside retention`]: verdict.gaps === 0,
      }),
      notes: [`${recovered} of ${rounds} recovered; cuts fell ${reached.join(", ")}`],
    });
  },
};

async function publish(server: ServerProcess, after: number, count: number): Promise<void> {
  const [from, to] = [after + 1, after + count];
  await server.ask({ do: "publish", channel: "journal", name: "steps", from, to });
}
