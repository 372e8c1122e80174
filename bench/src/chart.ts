/** One bar: how long it is, and what is written at its end. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What must be reached, drawn as a mark. */
  readonly mark?: number;
}

/** Bars that belong together. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** A chart of horizontal bars. */
export interface BarChart {
  readonly title: string;
  readonly groups: readonly BarGroup[];
  /** Where bars begin; on a logarithmic axis they go to both sides of it. */
  readonly base: number;
  readonly scale: "linear" | "logarithmic";
  readonly text: (value: number) => string;
}

const WIDTH = 720;
const LABEL = 120;
const END = 72;
const ROW = 20;
const GAP = 34;
const TOP = 44;

/** Colours that can be read on white and on black; the reader's preference picks the better of two. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .group { font-weight: 600 }
  .more { fill: #2f6fdb } .less { fill: #9a6b1f } .mark { stroke: #c2255c } .base { stroke: #8c959f }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .more { fill: #6ea8fe } .less { fill: #d9a441 } .mark { stroke: #ff8fab } .base { stroke: #6e7681 }
  }`;

/** Draws a chart as SVG that needs nothing from outside. */
export function barChart({ title, groups, base, scale, text }: BarChart): string {
  const values = groups.flatMap(({ bars }) =>
    bars.flatMap(({ value, mark = base }) => [value, mark]),
  );
  const project = scale === "linear" ? (value: number) => value : Math.log;
  const low = Math.min(project(base), ...values.map(project));
  const high = Math.max(project(base), ...values.map(project));
  const room = WIDTH - LABEL - END;
  const x = (value: number) =>
    LABEL + (high === low ? 0 : (room * (project(value) - low)) / (high - low));
  const parts: string[] = [];
  let y = TOP;
  for (const group of groups) {
    parts.push(`<text class="group" x="0" y="${y + 2}">${escaped(group.title)}</text>`);
    y += 10;
    const start = y;
    for (const { label, value, mark } of group.bars) {
      const [from, to] = [Math.min(x(base), x(value)), Math.max(x(base), x(value))];
      const end = mark === undefined ? to : Math.max(to, x(mark)); // nothing is written over a mark
      const kind = value >= base ? "more" : "less";
      const middle = y + ROW - 6;
      parts.push(
        `<text x="${LABEL - 8}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
        `<rect class="${kind}" x="${digits(from)}" y="${y + 4}" width="${digits(Math.max(1, to - from))}" height="${ROW - 7}"/>`,
        `<text x="${digits(end + 6)}" y="${middle}">${escaped(text(value))}</text>`,
      );
      if (mark !== undefined) {
        parts.push(
          `<line class="mark" x1="${digits(x(mark))}" x2="${digits(x(mark))}" y1="${y + 1}" y2="${y + ROW}" stroke-width="2"/>`,
        );
      }
      y += ROW;
    }
    parts.push(
      `<line class="base" x1="${digits(x(base))}" x2="${digits(x(base))}" y1="${start}" y2="${y}"/>`,
    );
    y += GAP;
  }
  const height = y - GAP + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="0" y="18">${escaped(title)}</text>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function digits(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
