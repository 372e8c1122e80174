import type { ConnectionState, Recovery } from "@tocsin/client";
import type { Quote, ServiceStatus } from "@tocsin-example/alert-contract";
import Table from "cli-table3";
import type { Alert } from "./alert.js";
import { type Paint, plain } from "./paint.js";

const fixed = (digits: number, signed = false) =>
  new Intl.NumberFormat("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  });
const two = fixed(2);
const signed = fixed(2, true);
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** Market time, UTC. */
function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

const HEAD = ["Symbol", "Name", "Last", "Chg", "Chg %", "High", "Low", "Volume", ""];
const NO_BORDER = Object.fromEntries(
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid"
    .split(" ")
    .map((name) => [name, ""]),
);

/** The price table, a line each; dimmed as a whole while the prices are not live. */
export function priceLines(quotes: readonly Quote[], paint: Paint, stale: boolean): string[] {
  const table = new Table({
    head: HEAD.map((title) => paint("dim", title)),
    colAligns: HEAD.map((_, index) => (index > 1 && index < 8 ? "right" : "left")),
    chars: { ...NO_BORDER, middle: " " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
  });
  for (const quote of quotes) {
    const trend = (text: string) =>
      quote.change === 0 || stale ? text : paint(quote.change > 0 ? "green" : "red", text);
    const row = [
      stale ? quote.symbol : paint("bold", quote.symbol),
      plain(quote.name),
      two.format(quote.price),
      trend(signed.format(quote.change)),
      trend(`${signed.format(quote.changePercent)}%`),
      two.format(quote.high),
      two.format(quote.low),
      quote.volume > 0 ? compact.format(quote.volume) : "–",
      quote.source === "simulation" ? paint("yellow", "simulated") : "replay",
    ];
    table.push(stale ? row.map((cell) => paint("dim", cell)) : row);
  }
  return table.toString().split("\n");
}

const COLOR_OF = {
  "entry-range": "blue",
  "take-profit": "green",
  "stop-loss": "red",
} as const satisfies Record<Alert["reason"], string>;

/** One alert on one line. */
export function alertLine(alert: Alert, paint: Paint): string {
  const repeats = alert.suppressedCount > 0 ? paint("dim", ` (+${alert.suppressedCount})`) : "";
  const reason = paint(COLOR_OF[alert.reason], alert.reason.padEnd(11));
  return `${paint("dim", formatTime(alert.firedAt))}  ${reason}  ${plain(alert.title)}  ${two.format(alert.price)}${repeats}`;
}

/** The connection, in words. */
export function connectionText(state: ConnectionState, now: number): string {
  const { attempt, status } = state;
  switch (status) {
    case "idle":
      return "not connected";
    case "connecting":
      return attempt > 0 ? `reconnecting, attempt ${attempt}` : "connecting";
    case "live":
      return "live";
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1_000));
      return `connection lost, attempt ${attempt} in ${seconds} s`;
    }
    case "stopped":
      return `stopped: ${plain(state.error.message)}`;
    case "closed":
      return "closed";
    default:
      return state satisfies never;
  }
}

/** What was missed, in words; nothing when there was nothing to miss. */
export function recoveryText(recovery: Recovery): string | undefined {
  switch (recovery.outcome) {
    case "fresh":
      return undefined;
    case "nothing-missed":
      return "nothing missed";
    case "recovered":
      return "missed alerts follow";
    case "gap":
      return `alerts ${recovery.from} to ${recovery.to} are lost (${plain(recovery.reason)})`;
    default:
      return recovery satisfies never;
  }
}

/** What the monitoring service does, in words. */
export function serviceText(status: ServiceStatus | undefined): string {
  if (!status) return "";
  const state = status.ended ? "ended" : status.running ? "running" : "stopped";
  const time = status.marketTime === null ? "" : `${formatTime(status.marketTime)} UTC · `;
  return `${time}${state} · ${status.fired} fired, ${status.suppressed} suppressed`;
}
