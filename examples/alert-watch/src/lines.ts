import type { ConnectionState, Recovery } from "@tocsin/client";
import type { Bar, Quote, ServiceStatus } from "@tocsin-example/alert-contract";
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

function createTable(
  head: readonly string[],
  paint: Paint,
  isNumber: (column: number) => boolean,
): InstanceType<typeof Table> {
  return new Table({
    head: head.map((title) => paint("dim", title)),
    colAligns: head.map((_, index) => (isNumber(index) ? "right" : "left")),
    chars: { ...NO_BORDER, middle: " " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 1 },
  });
}

const SOURCES = {
  replay: "replay",
  simulation: "simulated",
  live: "live",
} as const satisfies Record<Quote["source"], string>;

/** The price table, a line each; dimmed as a whole while the prices are not live. */
export function priceLines(quotes: readonly Quote[], paint: Paint, stale: boolean): string[] {
  const table = createTable(HEAD, paint, (index) => index > 1 && index < 8);
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
      quote.stale ? paint("yellow", "silent") : SOURCES[quote.source],
    ];
    table.push(stale ? row.map((cell) => paint("dim", cell)) : row);
  }
  return table.toString().split("\n");
}

const BAR_HEAD = ["Time", "Open", "High", "Low", "Close", "Volume"];

/** Bars, a line each, oldest first; the last one is under way. */
export function barLines(bars: readonly Bar[], paint: Paint, stale: boolean): string[] {
  const table = createTable(BAR_HEAD, paint, (index) => index > 0);
  for (const { time, open, high, low, close, volume } of bars) {
    const row = [
      formatTime(Number(time)),
      two.format(open),
      two.format(high),
      two.format(low),
      close === open || stale
        ? two.format(close)
        : paint(close > open ? "green" : "red", two.format(close)),
      volume > 0 ? compact.format(volume) : "–",
    ];
    table.push(stale ? row.map((cell) => paint("dim", cell)) : row);
  }
  return table.toString().split("\n");
}

const COLOR_OF = {
  info: "blue",
  warning: "yellow",
  critical: "red",
} as const satisfies Record<Alert["severity"], string>;

/** The longest name of a kind. */
const KIND_WIDTH = "percent-change".length;

/** One alert on one line, as it stands. */
export function alertLine(alert: Alert, paint: Paint): string {
  const { severity, kind, firedAt, title, price, suppressedCount, state } = alert;
  const parts = [
    paint("dim", formatTime(firedAt)),
    paint(state === "resolved" ? "dim" : COLOR_OF[severity], kind.padEnd(KIND_WIDTH)),
    plain(title),
    ...(price === null ? [] : [two.format(price)]),
    ...(suppressedCount > 0 ? [paint("dim", `(+${suppressedCount})`)] : []),
    ...(state === "resolved" ? [paint("dim", resolvedText(alert))] : []),
  ];
  return parts.join("  ");
}

function resolvedText({ resolvedAt }: Alert): string {
  return resolvedAt === null ? "resolved" : `resolved ${formatTime(resolvedAt)}`;
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
      return `events ${recovery.from} to ${recovery.to} are lost (${plain(recovery.reason)})`;
    default:
      return recovery satisfies never;
  }
}

/** What the monitoring service does, in words. */
export function serviceText(status: ServiceStatus | undefined): string {
  if (!status) return "";
  const state = status.ended ? "ended" : status.running ? "running" : "stopped";
  const time = status.marketTime === null ? "" : `${formatTime(status.marketTime)} UTC · `;
  const silent = status.stale.length > 0 ? ` · silent: ${plain(status.stale.join(", "))}` : "";
  return `${time}${state} · ${status.fired} fired, ${status.suppressed} suppressed${silent}`;
}
