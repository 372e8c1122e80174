import type { Outcome, Scenario } from "./scenario.js";

/** One line of the table. */
export interface Row {
  readonly scenario: Pick<Scenario, "id" | "title">;
  readonly outcome: Outcome;
  readonly seconds: number;
}

const HEADS = [
  "fault",
  "",
  "events",
  "cuts/kills",
  "lost",
  "duplicated",
  "reordered",
  "gaps",
  "peak bytes",
  "s",
  "verdict",
];

const isNumber = (column: number) => column > 1 && column < HEADS.length - 1;

/** The whole result as text, with the seed that brings it about again. */
export function renderTable(rows: readonly Row[], seed: number): string {
  const cells = rows.map(({ scenario, outcome, seconds }) => [
    scenario.id,
    scenario.title,
    ...[
      outcome.events,
      outcome.cuts,
      outcome.lost,
      outcome.duplicated,
      outcome.reordered,
      outcome.gaps,
    ].map((count) => count.toLocaleString("en-US")),
    outcome.peakBytes?.toLocaleString("en-US") ?? "-",
    seconds.toFixed(1),
    outcome.violations.length === 0 ? "held" : "BROKEN",
  ]);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const notes = rows.flatMap(({ scenario, outcome }) => [
    ...outcome.notes.map((note) => `${scenario.id}: ${note}`),
    ...outcome.violations.map((violation) => `${scenario.id} BROKEN: ${violation}`),
  ]);
  const broken = rows.filter(({ outcome }) => outcome.violations.length > 0).length;
  return [
    line(HEADS),
    line(widths.map((width) => "-".repeat(width))),
    ...cells.map(line),
    "",
    ...notes,
    "",
    `seed ${seed}: ${rows.length - broken} of ${rows.length} promises held`,
  ].join("\n");
}
