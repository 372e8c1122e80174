import { deskBuilt } from "../rest/pages.js";
import type { Settings } from "./settings.js";

const REPLAYED = [
  "S&P 500 and five shares: real prices from 2008 on. SIM symbols: made up.",
  "Inside a day only open, high, low and close are known; their order is a convention.",
  "Options are computed, not traded.",
];

/** What a start says on the terminal. */
export function banner({
  address,
  settings,
}: {
  readonly address: string;
  readonly settings: Pick<
    Settings,
    "dashboard" | "dataDirectory" | "databaseUrl" | "source" | "speed" | "stressSymbols"
  >;
}): string {
  const dashboard = deskBuilt(settings.dashboard);
  const isReplay = settings.source === "replay";
  const lines = [
    "Tocsin alert server",
    "",
    `  ${dashboard ? "Open      " : "Running at"}  ${address}`,
    `  API         ${address}/docs`,
    `  Data        ${settings.dataDirectory}${settings.databaseUrl === undefined ? "" : ", and PostgreSQL"}`,
    isReplay
      ? `  Speed       ${settings.speed} times real time (a market day in ${daySeconds(settings.speed)} s)`
      : "  Prices      live, from Deribit and Binance",
    ...(settings.stressSymbols > 0
      ? [`  Stress      ${settings.stressSymbols} made-up symbols more`]
      : []),
    "",
    ...(isReplay ? REPLAYED : []).map((line) => `  ${line}`),
    ...(dashboard
      ? []
      : ["", "  The dashboard is not built: npm run build -w examples/alert-dashboard"]),
    "",
    isReplay
      ? "  Ctrl-C stops; the market goes on from there at the next start."
      : "  Ctrl-C stops.",
  ];
  return `\n${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}\n\n`;
}

function daySeconds(speed: number): string {
  return (23_400 / speed).toFixed(2).replace(/\.?0+$/, "");
}
