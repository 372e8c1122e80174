import type { AlertRule } from "@tocsin/protocol/alerts";
import { describeRule } from "@tocsin/server-kit/alerts";
import type { Run, Stretch } from "./scenes.js";

const WIDTH = 280;
const HEIGHT = 132;
const LEFT = 10;
const RIGHT = 270;
const TOP = 12;
const BOTTOM = 100;
const STRIP = 112;

/** A card of its own colour, so that it can be read on a page of any. */
const STYLE = `<style>
  .card { fill: #ffffff; stroke: #d0d7de }
  .price { fill: none; stroke: #1f2933; stroke-width: 1.5; stroke-linejoin: round }
  .level { stroke: #2f6fdb; stroke-dasharray: 4 3 } .band { fill: #2f6fdb; opacity: .16 }
  .clear { stroke: #6e7781; stroke-dasharray: 1 3 } .bar { fill: #8c959f; opacity: .6 }
  .strip { fill: #eaeef2 } .pending { fill: #d29922 } .firing { fill: #c2255c }
  .fire { fill: #c2255c; stroke: #ffffff }
  @media (prefers-color-scheme: dark) {
    .card { fill: #161b22; stroke: #3d444d }
    .price { stroke: #e6edf3 }
    .level { stroke: #6ea8fe } .band { fill: #6ea8fe } .clear { stroke: #8b949e } .bar { fill: #8b949e }
    .strip { fill: #2a313a } .pending { fill: #e3b341 } .firing { fill: #ff8fab }
    .fire { fill: #ff8fab; stroke: #161b22 }
  }
</style>`;

const round = (value: number) => Number(value.toFixed(1));

/** Draws a run: the price, what the rule names, where it fires, and below when it is pending and firing. */
export function draw(run: Run): string {
  const { rule, prices, volumes, fires, pending, firing, minutes } = run;
  const named = levelsOf(rule);
  const all = [...prices.map(({ price }) => price), ...named.map(({ price }) => price)];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const x = (minute: number) => round(LEFT + ((RIGHT - LEFT) * minute) / minutes);
  const y = (price: number) => round(BOTTOM - ((BOTTOM - TOP) * (price - low)) / (high - low));
  const line = (className: string, price: number) =>
    `<line class="${className}" x1="${LEFT}" x2="${RIGHT}" y1="${y(price)}" y2="${y(price)}"/>`;
  const strip = (className: string, { from, to }: Stretch) =>
    `<rect class="${className}" x="${x(from)}" y="${STRIP}" width="${round(x(to) - x(from))}" height="8"/>`;
  const most = Math.max(...volumes);
  const parts = [
    `<rect class="card" x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="6"/>`,
    ...(rule.kind === "entry-range"
      ? [
          `<rect class="band" x="${LEFT}" width="${RIGHT - LEFT}" y="${y(rule.high)}" height="${round(y(rule.low) - y(rule.high))}"/>`,
        ]
      : []),
    ...volumes.map((volume, index) => {
      const width = (RIGHT - LEFT) / volumes.length;
      const height = (volume / most) * 40;
      return `<rect class="bar" x="${round(LEFT + index * width + 1)}" y="${round(BOTTOM - height)}" width="${round(width - 2)}" height="${round(height)}"/>`;
    }),
    ...named.map(({ className, price }) => line(className, price)),
    ...unbroken(prices).map(
      (points) =>
        `<polyline class="price" points="${points.map(({ minute, price }) => `${x(minute)},${y(price)}`).join(" ")}"/>`,
    ),
    `<rect class="strip" x="${LEFT}" y="${STRIP}" width="${RIGHT - LEFT}" height="8"/>`,
    ...pending.map((stretch) => strip("pending", stretch)),
    ...firing.map((stretch) => strip("firing", stretch)),
    ...fires.map(
      ({ minute, price }) => `<circle class="fire" cx="${x(minute)}" cy="${y(price)}" r="4.5"/>`,
    ),
  ];
  const label = `X ${describeRule(rule)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}">
${STYLE}
${parts.join("\n")}
</svg>
`;
}

/** The lines a rule names: where it fires, and where it is quiet again. */
function levelsOf(rule: AlertRule): { readonly className: string; readonly price: number }[] {
  switch (rule.kind) {
    case "entry-range":
      return [rule.low, rule.high].map((price) => ({ className: "level", price }));
    case "take-profit":
    case "stop-loss":
    case "threshold":
    case "crossing":
      return [
        { className: "level", price: rule.price },
        ...(rule.hysteresis > 0
          ? [{ className: "clear", price: rule.price * (1 - rule.hysteresis / 100) }]
          : []),
      ];
    case "percent-change":
    case "range-breakout":
    case "volume-spike":
    case "stale-feed":
      return [];
    default:
      return rule satisfies never;
  }
}

/** Prices as lines that end where there are none. */
function unbroken(prices: Run["prices"]): Run["prices"][] {
  const lines: { minute: number; price: number }[][] = [];
  for (const point of prices) {
    const line = lines.at(-1);
    if (line?.at(-1)?.minute === point.minute - 1) line?.push(point);
    else lines.push([point]);
  }
  return lines;
}
