import { type Monitor, type NewMonitor, newMonitor } from "@tocsin/protocol/alerts";
import { csvFormat, csvParse } from "d3-dsv";
import { Refusal } from "./operation.js";

/** One line for each rule; lines with the same `monitor` are one monitor. */
const COLUMNS = [
  "monitor",
  "symbol",
  "note",
  "enabled",
  "cooldownMs",
  "tags",
  "onNoData",
  "kind",
  "rule",
] as const;

type Line = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** Monitors as a table: `rule` holds what a rule says beside its kind, as JSON. */
export function monitorsToCsv(monitors: readonly Monitor[]): string {
  const lines = monitors.flatMap((monitor) =>
    monitor.rules.map(
      ({ kind, ...rule }): Line => ({
        monitor: monitor.id,
        symbol: monitor.symbol,
        note: shielded(monitor.note),
        enabled: String(monitor.enabled),
        cooldownMs: String(monitor.cooldownMs),
        tags: shielded(monitor.tags.join(" ")),
        onNoData: monitor.onNoData,
        kind,
        rule: JSON.stringify(rule),
      }),
    ),
  );
  return csvFormat(lines, [...COLUMNS]);
}

/**
 * Reads such a table. Columns that are missing or empty take their defaults.
 *
 * @throws {@link Refusal} naming the line and the column that is wrong; the line with the column names is line 1.
 */
export function monitorsOfCsv(text: string): NewMonitor[] {
  const table = csvParse(text);
  for (const needed of ["symbol", "kind"] as const) {
    if (table.columns.includes(needed)) continue;
    throw new Refusal(400, "invalid-request", `add a column named ${needed}`, "line 1");
  }
  const groups = new Map<string, { readonly line: number; readonly rows: Partial<Line>[] }>();
  for (const [index, row] of table.entries()) {
    const line = index + 2;
    const name = row.monitor || `line ${line}`;
    const group = groups.get(name) ?? { line, rows: [] };
    group.rows.push(row as Partial<Line>);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ line, rows }) => monitorOf(line, rows));
}

function monitorOf(line: number, rows: readonly Partial<Line>[]): NewMonitor {
  const [first = {}] = rows;
  const parsed = newMonitor.safeParse({
    symbol: first.symbol,
    ...(first.note && { note: unshielded(first.note) }),
    ...(first.enabled && { enabled: first.enabled === "true" }),
    ...(first.cooldownMs && { cooldownMs: Number(first.cooldownMs) }),
    ...(first.tags && { tags: unshielded(first.tags).split(" ").filter(Boolean) }),
    ...(first.onNoData && { onNoData: first.onNoData }),
    rules: rows.map(({ kind, rule }, index) => ({
      ...ruleOf(rule, line + index),
      kind,
    })),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [where, rule, ...rest] = issue?.path ?? [];
  const at = where === "rules" && typeof rule === "number" ? line + rule : line;
  const column = where === "rules" ? ["rule", ...rest].join(".") : String(where);
  throw new Refusal(
    400,
    "invalid-request",
    issue?.message ?? "does not fit",
    `line ${at}, ${column}`,
  );
}

function ruleOf(text: string | undefined, line: number): object {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, with the line it is on.
  }
  throw new Refusal(
    400,
    "invalid-request",
    'must be JSON, as in {"price":105}',
    `line ${line}, rule`,
  );
}

/** A spreadsheet takes text that begins like this for a formula (CWE-1236). */
const FORMULA = /^['=+\-@\t\r]/;

function shielded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function unshielded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
}
