import type { Settings } from "./settings.js";

/** What a start says on the terminal. */
export function banner({
  address,
  settings,
  dashboard,
}: {
  readonly address: string;
  readonly settings: Settings;
  readonly dashboard: boolean;
}): string {
  const lines = [
    "Tocsin alert server",
    "",
    `  ${dashboard ? "Open      " : "Running at"}  ${address}`,
    `  API         ${address}/docs`,
    `  Data        ${settings.dataDirectory}`,
    `  Speed       ${settings.speed} times real time (a market day in ${daySeconds(settings.speed)} s)`,
    "",
    "  S&P 500 and five shares: real prices from 2008 on. SIM symbols: made up.",
    "  Inside a day only open, high, low and close are known; their order is a convention.",
    ...(dashboard
      ? []
      : ["", "  The dashboard is not built: npm run build -w examples/alert-dashboard"]),
    "",
    "  Ctrl-C stops; the market goes on from there at the next start.",
  ];
  return `\n${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}\n\n`;
}

function daySeconds(speed: number): string {
  return (23_400 / speed).toFixed(2).replace(/\.?0+$/, "");
}
