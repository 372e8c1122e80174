import type { ConnectionState, Recovery } from "@tocsin/client";
import type { Bar, Quote, ServiceStatus } from "@tocsin-example/alert-contract";
import type { Alert } from "./alert.js";
import {
  alertLine,
  barLines,
  connectionText,
  priceLines,
  recoveryText,
  serviceText,
} from "./lines.js";
import { cut, type Paint, plain } from "./paint.js";

/** Everything that is shown. */
export interface View {
  readonly title: string;
  readonly state: ConnectionState;
  readonly recovery: Recovery | undefined;
  readonly service: ServiceStatus | undefined;
  readonly quotes: readonly Quote[];
  /** The bars of one symbol, oldest first, when they were asked for. */
  readonly candles: { readonly name: string; readonly bars: readonly Bar[] } | undefined;
  /** Oldest first. */
  readonly alerts: readonly Alert[];
}

/** The size of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** So many bars are shown: there should be room for alerts. */
const MOST_BARS = 8;

/** Lays everything out in the lines a terminal has: prices first, then bars, then as many alerts as fit, newest first. */
export function frameLines(
  view: View,
  paint: Paint,
  now: number,
  { columns, rows }: Size,
): string[] {
  const { title, state, recovery, service, quotes, candles, alerts } = view;
  const live = state.status === "live";
  const note = live && recovery ? recoveryText(recovery) : undefined;
  const status = [connectionText(state, now), ...(note ? [note] : [])].join(" · ");
  const top = [
    `${paint("bold", title)}  ${paint(toneOf(state, recovery), `● ${status}`)}`,
    paint("dim", serviceText(service)),
    "",
    ...(quotes.length > 0
      ? priceLines(quotes, paint, !live)
      : [paint("dim", live ? "no prices yet" : "waiting for prices")]),
    "",
    ...(candles
      ? [
          paint("bold", plain(candles.name)),
          ...barLines(candles.bars.slice(-MOST_BARS), paint, !live),
          "",
        ]
      : []),
    paint("bold", "Alerts"),
  ];
  const room = Math.max(0, rows - top.length);
  const newest = [...alerts].reverse().slice(0, room);
  const below =
    newest.length > 0
      ? newest.map((alert) => alertLine(alert, paint))
      : [paint("dim", "none yet")].slice(0, room);
  return [...top, ...below].slice(0, rows).map((line) => cut(line, columns));
}

function toneOf({ status }: ConnectionState, recovery: Recovery | undefined) {
  if (status === "live") return recovery?.outcome === "gap" ? "yellow" : "green";
  return status === "stopped" || status === "closed" ? "red" : "yellow";
}
