import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAlertServer } from "../alerts/alert-process.js";
import { USERS } from "../alerts/bell-market.js";
import { createInboxReader } from "../alerts/inbox-reader.js";
import { judge } from "../alerts/judge.js";
import { type Kept, keptBy } from "../alerts/kept.js";
import { type Failpoint, POINTS, type Point } from "../alerts/points.js";
import { createBell } from "../lib/bell.js";
import type { Dice } from "../lib/random.js";
import { together } from "../lib/reader.js";
import { NOTHING, type Scenario, unmet } from "../lib/scenario.js";

/** How often at most a life comes to a point before it ends there: a few market minutes of work, or `stretch` times so. */
const MOST: Readonly<Record<Point, number>> = {
  evaluate: 4,
  dedup: 6,
  persist: 4,
  commit: 4,
  publish: 72,
  ack: 16,
};

export const alertKills: Scenario = {
  id: "F15",
  title: "SIGKILL between evaluate and ack",
  withinSeconds: 480,
  async run({ dice, quick }) {
    // In every other market minute 20 rules fire; four more are to suppress three fires of four.
    const { minutes, each, stretch } = quick
      ? { minutes: 40, each: 2, stretch: 0.5 }
      : { minutes: 1_000, each: 20, stretch: 2 };
    const directory = mkdtempSync(join(tmpdir(), "tocsin-faults-"));
    const settings = { directory, minutes };
    const bell = createBell();
    const killed: Record<Point, number> = {
      evaluate: 0,
      dedup: 0,
      persist: 0,
      commit: 0,
      publish: 0,
      ack: 0,
    };
    let life = await startAlertServer({ ...settings, port: 0, idle: true });
    const { port } = life;
    const readers = USERS.map((user) =>
      createInboxReader({ url: `ws://127.0.0.1:${port}/ws`, user, bell, dice: dice.fork() }),
    );
    await using _ = together(readers);
    try {
      await bell.until(() => readers.every(({ live }) => live), 20_000, "all readers joined");
      await life.kill();
      for (const failpoint of schedule(dice, each, stretch)) {
        life = await startAlertServer({ ...settings, port, failpoint });
        if ((await life.end) === "ended") {
          await life.kill();
          break; // the market was over before the kills were
        }
        killed[failpoint.point] += 1;
      }
      life = await startAlertServer({ ...settings, port });
      if ((await life.end) === "killed") throw new Error("the last life was killed");
      const kept = await keptBy(directory, USERS);
      const complete = () =>
        readers.every(
          ({ user, seen }) => new Set(seen.map(nameOf)).size >= revisionsOf(kept, user),
        );
      await bell.until(complete, 20_000, "all readers saw the end").catch(() => {}); // counted below

      const verdict = judge(
        kept,
        (user) => readers.find((reader) => reader.user === user)?.seen ?? [],
        minutes,
      );
      const { triggers, expected, lost, duplicated, reordered, miscounted, examples } = verdict;
      const gaps = readers.reduce((sum, reader) => sum + reader.gaps, 0);
      const kills = Object.values(killed).reduce((sum, count) => sum + count, 0);
      const joins = readers.reduce((sum, reader) => sum + reader.joins, 0);
      return {
        ...NOTHING,
        events: expected,
        cuts: kills,
        lost,
        duplicated,
        reordered,
        gaps,
        violations: [
          ...unmet({
            [`${lost} lost`]: lost === 0,
            [`${duplicated} duplicated`]: duplicated === 0,
            [`${reordered} reordered`]: reordered === 0,
            [`${miscounted} miscounted`]: miscounted === 0,
            [`${gaps} gaps although nothing was lost`]: gaps === 0,
            [`${kills} kills of ${POINTS.length * each}`]: kills === POINTS.length * each,
            [`readers joined ${joins} times in all`]: joins > readers.length,
          }),
          ...examples,
        ],
        notes: [
          `${triggers} triggers of rules without a cooldown, ${expected} records in all; killed at ` +
            POINTS.map((point) => `${point} ${killed[point]}`).join(", "),
        ],
      };
    } finally {
      await life.kill();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

/** Each point as often as the others, in an order and after a time the dice decide. */
function schedule(dice: Dice, each: number, stretch: number): readonly Failpoint[] {
  const all = POINTS.flatMap((point) =>
    Array.from({ length: each }, () => ({ point, after: dice.between(1, stretch * MOST[point]) })),
  );
  return all
    .map((failpoint) => ({ failpoint, order: dice.roll() }))
    .sort((a, b) => a.order - b.order)
    .map(({ failpoint }) => failpoint);
}

const nameOf = ({ id, revision }: { readonly id: string; readonly revision: number }) =>
  `${id} ${revision}`;

/** How many revisions a user's inbox has had. */
function revisionsOf(kept: readonly Kept[], user: string): number {
  const { notifications = [] } = kept.find((one) => one.user === user) ?? {};
  return notifications.reduce((sum, { revision }) => sum + revision, 0);
}
