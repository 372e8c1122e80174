import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Measured } from "./bout.js";
import { type BarChart, barChart } from "./chart.js";
import { filledIn } from "./markdown.js";
import { ratioTo, times } from "./report.js";
import { lastResults, type Section } from "./results.js";
import { subjects } from "./subjects/registry.js";
import { mustReach } from "./targets.js";

const docs = new URL("../../docs/", import.meta.url);

/** Puts the last results into the documentation: tables into its page, charts beside it. Returns the files. */
export function writeDoc(): string[] {
  const results = lastResults();
  const page = new URL("performance.md", docs);
  const images = new URL("images/", docs);
  mkdirSync(images, { recursive: true });
  const files: [URL, string][] = [
    [page, filledIn(readFileSync(page, "utf8"), results)],
    [new URL("bench-fan-out.svg", images), barChart(fanOutChart(results.sections))],
    [new URL("bench-memory.svg", images), barChart(memoryChart(results.sections))],
  ];
  for (const [file, text] of files) writeFileSync(file, text);
  return files.map(([file]) => file.pathname);
}

function fanOutChart(sections: readonly Section[]): BarChart {
  const fanOut = sections.filter(({ name }) => /^W[123]/.test(name));
  return {
    title: "CPU of a delivery, in that of Tocsin (log scale; the mark is the target)",
    base: 1,
    scale: "logarithmic",
    text: times,
    groups: fanOut.map(({ name, title, rows }) => ({
      title: `${name}: ${title}`,
      bars: Object.keys(subjects).flatMap((label) => {
        const ratio = label === "tocsin" ? undefined : ratioTo(rows as readonly Measured[], label);
        const mark = mustReach(name, label);
        return ratio ? [{ label, value: ratio.median, ...(mark !== undefined && { mark }) }] : [];
      }),
    })),
  };
}

function memoryChart(sections: readonly Section[]): BarChart {
  const rows = (sections.find(({ name }) => name === "W4")?.tables[0]?.rows ?? []).map(
    ([label = "", value = ""]) => ({ label, value: Number(value) }),
  );
  return {
    title: "Resident memory of an idle connection with 10 subscriptions",
    base: 0,
    scale: "linear",
    text: (value) => `${value} KiB`,
    groups: [{ title: "KiB for each connection", bars: rows }],
  };
}
