import { throughTheKit } from "../alerts/kit.js";
import { everyRule } from "../alerts/made-up-rules.js";
import { realYear, simulatedDay } from "../alerts/market-days.js";
import { naive, type Told } from "../alerts/naive.js";
import { NOTHING, type Outcome, type Scenario } from "../lib/scenario.js";

const DAY_MS = 86_400_000;

/** Compares two lists of notifications row by row, in an order that does not depend on who made them. */
function compared(
  stored: readonly Told[],
  expected: readonly Told[],
): Pick<Outcome, "lost" | "violations"> {
  const lines = (all: readonly Told[]) =>
    all
      .map(({ monitor, rule, at, price, resolvedAt, suppressed }) =>
        [monitor, rule, String(at).padStart(16), price, resolvedAt, suppressed].join(" "),
      )
      .sort();
  const ours = lines(stored);
  const theirs = lines(expected);
  const known = new Set(ours);
  const wanted = new Set(theirs);
  const lost = theirs.filter((line) => !known.has(line));
  const added = ours.filter((line) => !wanted.has(line));
  const violations = [
    ...lost.slice(0, 3).map((line) => `not stored as expected: ${line}`),
    ...added.slice(0, 3).map((line) => `stored and not expected: ${line}`),
    ...(ours.length === theirs.length ? [] : [`${ours.length} stored, ${theirs.length} expected`]),
  ];
  return { lost: lost.length, violations };
}

export const realOracle: Scenario = {
  id: "O1",
  title: "a year of real days against a naive reading",
  withinSeconds: 60,
  async run({ dice, quick }) {
    const ticks = realYear(2008);
    const scale = { unitMs: DAY_MS, spread: 0.6 };
    const written = Array.from({ length: quick ? 10 : 100 }, () =>
      everyRule(dice, "SPX", 1_200, scale),
    );
    const { monitors, told } = await throughTheKit(written, () => ticks);
    const expected = naive(monitors, ticks);
    return {
      ...NOTHING,
      events: ticks.length,
      ...compared(told, expected),
      notes: [
        `${told.length} notifications of ${written.length * 9} rules, ${sum(told)} suppressed`,
      ],
    };
  },
};

export const simulatedOracle: Scenario = {
  id: "O2",
  title: "a simulated day against a naive reading",
  withinSeconds: 600,
  async run({ dice, quick }) {
    const symbols = 20;
    const ticks = [...simulatedDay(dice.fork(), quick ? 20_000 : 1_000_000, symbols)];
    const opening = new Map<string, number>();
    for (const { symbol, price } of ticks) if (!opening.has(symbol)) opening.set(symbol, price);
    const scale = { unitMs: quick ? 30_000 : 1_000, spread: 0.3 };
    const written = [...opening].map(([symbol, price]) => everyRule(dice, symbol, price, scale));
    const { monitors, told } = await throughTheKit(written, () => ticks);
    const expected = naive(monitors, ticks);
    return {
      ...NOTHING,
      events: ticks.length,
      ...compared(told, expected),
      notes: [
        `${told.length} notifications of ${written.length * 9} rules, ${sum(told)} suppressed`,
      ],
    };
  },
};

const sum = (told: readonly Told[]) =>
  told.reduce((total, { suppressed }) => total + suppressed, 0);
