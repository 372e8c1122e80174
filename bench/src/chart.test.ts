import { describe, expect, it } from "vitest";
import { type BarChart, barChart } from "./chart.js";

const chart: BarChart = {
  title: "Cost <beside> others",
  base: 1,
  scale: "logarithmic",
  text: (value) => `${value}x`,
  groups: [
    {
      title: "W1",
      bars: [
        { label: "a & b", value: 4, mark: 2 },
        { label: "c", value: 0.5 },
      ],
    },
  ],
};

const attribute = (svg: string, of: RegExp, name: string) =>
  [...svg.matchAll(of)].map(([tag]) => Number(new RegExp(`${name}="([^"]+)"`).exec(tag)?.[1]));

describe("a chart", () => {
  const svg = barChart(chart);

  it("draws a bar for each value, to the right of the base for more and to its left for less", () => {
    const [more = 0, less = 0] = attribute(svg, /<rect[^>]*>/g, "x");
    const [moreWidth = 0, lessWidth = 0] = attribute(svg, /<rect[^>]*>/g, "width");
    const [base = 0] = attribute(svg, /<line class="base"[^>]*>/g, "x1");
    expect(more).toBe(base);
    expect(less + lessWidth).toBeCloseTo(base, 0);
    expect(moreWidth / lessWidth).toBeCloseTo(2, 1); // twice as many doublings
    expect(attribute(svg, /<line class="mark"[^>]*>/g, "x1")[0]).toBeCloseTo(
      base + moreWidth / 2,
      0,
    );
  });

  it("writes text as text", () => {
    expect(svg).toContain("a &amp; b");
    expect(svg).toContain("Cost &lt;beside&gt; others");
  });

  it("needs nothing from outside, and can be read on light and on dark", () => {
    expect(svg).not.toMatch(/(href|src|url\(|@import|@font-face)/);
    expect(svg).toContain("prefers-color-scheme: dark");
  });
});
