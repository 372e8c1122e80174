import { checkTable, holds } from "./report.js";
import type { Results, Section, Table } from "./results.js";

/** A table in Markdown. */
export function markdownTable({ title, head, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const align = line(head.map((_, n) => (n === 0 ? "---" : "--:")));
  const lines = [line(head), align, ...rows.map(line)];
  return [...(title === undefined ? [] : [title, ""]), ...lines].join("\n");
}

const PLACE = /<!-- figures: (\S+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * Puts figures where a page has a place for them, in place of the older ones. A place is named after a section, or
 * `machine`, or `targets`. One whose section was not measured says so.
 */
export function filledIn(page: string, results: Results): string {
  return page.replace(PLACE, (_, name: string) => {
    const text = figuresOf(name, results);
    return `<!-- figures: ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
}

function figuresOf(name: string, { machine, sections }: Results): string {
  if (name === "machine") return machineText(machine, sections);
  if (name === "targets") return targetsText(sections);
  const section = sections.find((one) => one.name === name);
  if (!section) return "Not measured yet.";
  const { tables, notes } = section;
  return [...tables.map(markdownTable), ...notes].join("\n\n");
}

function machineText(machine: Results["machine"], sections: readonly Section[]): string {
  const days = [...new Set(sections.map(({ at }) => at.slice(0, 10)))].join(", ");
  const quick = sections.filter(({ mode }) => mode === "quick").map(({ name }) => name);
  const short = quick.length > 0 ? ` Of a quick run: ${quick.join(", ")}.` : "";
  const { cpu, cores, node, system, load = 0 } = machine;
  // the bench itself keeps the server, its readers and sometimes a third process busy
  const busy = Number(load) > 4 ? ` The machine was busy with other work (load ${load}).` : "";
  return `Measured ${days} on ${cores} cores of ${cpu}, ${system}, Node ${node}.${busy}${short}`;
}

function targetsText(sections: readonly Section[]): string {
  const checks = sections.flatMap((section) => section.checks);
  const reached = checks.filter(holds).length;
  return `${reached} of ${checks.length} targets are reached.\n\n${markdownTable(checkTable(checks))}`;
}
