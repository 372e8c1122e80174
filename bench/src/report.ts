import type { Measured } from "./round.js";

/** The middle of an odd or even number of values. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Deliveries per server CPU second, ours over theirs: the median of the ratios of each round. */
function ratio(rounds: readonly Measured[], subject: string): number {
  const ours = rounds.filter((one) => one.subject === "tocsin");
  const theirs = rounds.filter((one) => one.subject === subject);
  return median(
    ours.flatMap(({ round, cpuUsPerDelivery }) => {
      const other = theirs.find((one) => one.round === round);
      return other ? [other.cpuUsPerDelivery / cpuUsPerDelivery] : [];
    }),
  );
}

/** The table of one workload. */
export function tableOf(rounds: readonly Measured[], memory: ReadonlyMap<string, number>): string {
  const subjects = [...new Set(rounds.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => {
    const own = rounds.filter((one) => one.subject === subject);
    const middle = (pick: (one: Measured) => number) => median(own.map(pick));
    return [
      subject,
      middle((one) => one.cpuUsPerDelivery).toFixed(3),
      Math.round(middle((one) => one.deliveriesPerSecond)).toLocaleString("en"),
      middle((one) => one.bytesPerDelivery).toFixed(0),
      ((memory.get(subject) ?? 0) / 1_024).toFixed(1),
      `${ratio(rounds, subject).toFixed(2)}x`,
    ];
  });
  const head = [
    "server",
    "CPU us/delivery",
    "deliveries/s",
    "bytes",
    "KiB/connection",
    "tocsin is",
  ];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
