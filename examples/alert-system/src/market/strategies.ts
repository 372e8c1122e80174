import type { Bar } from "@tocsin-example/alert-contract";
import type { Book, HouseStrategy } from "../context.js";

/** Sessions a mean or a trend is taken over. */
const SESSIONS = 20;
/** Weekends and holidays included, they take no longer. */
const LONGEST_MS = 2 * SESSIONS * 86_400_000;
/** A rise over those sessions that counts, percent. */
const RISE_PERCENT = 3;
/** Most symbols of a strategy. */
const MOST = 50;

interface Candidate {
  readonly symbol: string;
  readonly score: number;
  readonly reason: string;
}

/**
 * The strategies of the house. Their members are found anew when asked for, from daily bars; they show how a list
 * that changes is followed, and are no advice.
 */
export function houseStrategies(book: Pick<Book, "board" | "bars">): readonly HouseStrategy[] {
  const strategy = (
    name: string,
    description: string,
    judge: (symbol: string, day: Bar, before: readonly Bar[]) => Candidate | undefined,
  ): HouseStrategy => ({
    name,
    description,
    members() {
      const found = (book.board("all") ?? []).flatMap((symbol) => {
        const bars = book.bars(symbol, "1d", SESSIONS + 1) ?? [];
        const day = bars.at(-1);
        const first = bars[0];
        if (!day || !first || bars.length <= SESSIONS) return [];
        // What has one price a month has no sessions.
        if (Number(day.time) - Number(first.time) > LONGEST_MS) return [];
        return judge(symbol, day, bars.slice(0, -1)) ?? [];
      });
      found.sort((a, b) => b.score - a.score);
      return found.slice(0, MOST).map(({ symbol, reason }) => ({ symbol, reason }));
    },
  });

  return [
    strategy(
      "volume_wave",
      `Symbols that have traded more today than the mean of their last ${SESSIONS} sessions.`,
      (symbol, { volume }, before) => {
        const mean = before.reduce((sum, bar) => sum + bar.volume, 0) / before.length;
        if (mean === 0 || volume <= mean) return undefined;
        const times = volume / mean;
        const reason = `traded ${times.toFixed(2)} times the mean of ${SESSIONS} sessions`;
        return { symbol, score: times, reason };
      },
    ),
    strategy(
      "momentum",
      `Symbols that stand ${RISE_PERCENT} % or more above their close ${SESSIONS} sessions ago.`,
      (symbol, { close }, before) => {
        const start = before[0]?.close ?? close;
        const percent = (close / start - 1) * 100;
        if (percent < RISE_PERCENT) return undefined;
        const reason = `up ${percent.toFixed(1)} % in ${SESSIONS} sessions`;
        return { symbol, score: percent, reason };
      },
    ),
  ];
}
