import type { Measured } from "./bout.js";
import type { Check, Section, Table } from "./results.js";
import { median, pairedRatio, type Ratio } from "./stats.js";
import { mustReach, mustReachAtWorst } from "./targets.js";

const OURS = "tocsin";

/** CPU of a delivery, theirs over ours, round by round. */
export function ratioTo(rounds: readonly Measured[], subject: string): Ratio | undefined {
  const values = (name: string) =>
    rounds
      .filter((one) => one.subject === name)
      .map(({ round, cpuUsPerDelivery }) => ({ round, value: cpuUsPerDelivery }));
  return pairedRatio(values(OURS), values(subject));
}

/** The table of one workload. */
export function fanOutTable(workload: string, rounds: readonly Measured[]): Table {
  const subjects = [...new Set(rounds.map(({ subject }) => subject))];
  return {
    head: [
      "server",
      "CPU us/delivery",
      "deliveries/s",
      "bytes",
      "writes",
      "p50 ms",
      "p99 ms",
      "tocsin is",
      "min",
      "max",
      "must",
    ],
    rows: subjects.map((subject) => {
      const own = rounds.filter((one) => one.subject === subject);
      const middle = (pick: (one: Measured) => number | undefined) => {
        const values = own.map(pick).filter((value) => value !== undefined);
        return values.length > 0 ? median(values) : undefined;
      };
      const ratio = subject === OURS ? undefined : ratioTo(rounds, subject);
      return [
        subject,
        figure(middle((one) => one.cpuUsPerDelivery)),
        Math.round(middle((one) => one.deliveriesPerSecond) ?? 0).toLocaleString("en"),
        (middle((one) => one.bytesPerDelivery) ?? 0).toFixed(0),
        figure(middle((one) => one.writesPerDelivery)),
        figure(middle((one) => one.p50Ms)),
        figure(middle((one) => one.p99Ms)),
        times(ratio?.median),
        times(ratio?.min),
        times(ratio?.max),
        times(mustReach(workload, subject)),
      ];
    }),
  };
}

/** What one workload must reach and has reached. */
export function fanOutChecks(workload: string, rounds: readonly Measured[]): Check[] {
  const subjects = [...new Set(rounds.map(({ subject }) => subject))];
  return subjects.flatMap((subject) => {
    const must = mustReach(workload, subject);
    const ratio = ratioTo(rounds, subject);
    if (must === undefined || !ratio) return [];
    const { median: reached, min, max } = ratio;
    return [{ what: `${workload} against ${subject}`, reached, must, is: "at least", min, max }];
  });
}

/** The worst W3, whichever that is. */
export function worstChecks(byWorkload: ReadonlyMap<string, readonly Measured[]>): Check[] {
  const w3 = [...byWorkload].filter(([name]) => name.startsWith("W3-"));
  const subjects = new Set(w3.flatMap(([, rounds]) => rounds.map(({ subject }) => subject)));
  return [...subjects].flatMap((subject) => {
    const must = mustReachAtWorst(subject);
    if (must === undefined) return [];
    const ratios = w3.flatMap(([name, rounds]) => {
      const ratio = ratioTo(rounds, subject);
      return ratio ? [{ name, ...ratio }] : [];
    });
    const [worst] = ratios.sort((a, b) => a.median - b.median);
    if (!worst) return [];
    const { name, median: reached, min, max } = worst;
    const what = `the worst W3 (${name}) against ${subject}`;
    return [{ what, reached, must, is: "at least", min, max }];
  });
}

/** Whether a figure is what it must be. */
export function holds({ reached, must, is }: Check): boolean {
  return is === "at least" ? reached >= must : reached <= must;
}

/** A table as it is printed. */
export function tableText({ title, head, rows }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return [...(title === undefined ? [] : [title]), ...lines].join("\n");
}

/** The checks of some sections as a table. */
export function checkTable(checks: readonly Check[]): Table {
  return {
    head: ["target", "reached", "min", "max", "must", ""],
    rows: checks.map((check) => [
      check.what,
      figure(check.reached),
      figure(check.min),
      figure(check.max),
      `${check.is} ${figure(check.must)}`,
      holds(check) ? "reached" : "missed",
    ]),
  };
}

/** A section as it is printed. */
export function sectionText({ tables, checks, notes }: Section): string {
  const parts = [...tables, ...(checks.length > 0 ? [checkTable(checks)] : [])].map(tableText);
  return [...parts, ...notes].join("\n\n");
}

/** A figure with three digits, which is more than a shared machine repeats. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "-";
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString("en");
  if (size === 0) return "0";
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A ratio. */
export function times(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "" : `${figure(value)}x`;
}
