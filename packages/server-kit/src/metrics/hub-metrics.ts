import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, type Registry, register } from "prom-client";
import type { Hub } from "../hub/hub.js";
import type { HubStats } from "../hub/stats.js";

/** Settings of {@link hubMetrics}. */
export interface HubMetricsOptions {
  /** Where the metrics are registered. Default: the global registry of prom-client. */
  readonly registry?: Registry;
  /** In front of every name. Default `tocsin_`. */
  readonly prefix?: string;
}

/** A number, or numbers by the values of labels. */
type Reading = number | readonly (readonly [labels: Record<string, string>, value: number])[];

/** One metric: what it is called, what it says, and where in the statistics it stands. */
interface Row {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Only grows: a counter. */
  readonly total?: boolean;
  read(stats: HubStats): Reading;
}

const by = (label: string, counts: Readonly<Record<string, number>>): Reading =>
  Object.entries(counts).map(([value, count]) => [{ [label]: value }, count] as const);

const rows: readonly Row[] = [
  { name: "uptime_seconds", help: "Since the hub started.", read: (s) => s.uptimeMs / 1_000 },
  { name: "connections", help: "Open connections.", read: (s) => s.connections },
  {
    name: "subscriptions",
    help: "Subscriptions of all connections.",
    read: (s) => s.subscriptions,
  },
  { name: "channels", help: "Channels with a reader on this node.", read: (s) => s.channels },
  {
    name: "connections_opened_total",
    help: "Connections that were let in.",
    total: true,
    read: (s) => s.opened,
  },
  {
    name: "connections_closed_total",
    help: "Connections that ended, by close code.",
    labels: ["code"],
    total: true,
    read: (s) => by("code", s.closed),
  },
  {
    name: "events_published_total",
    help: "Events published on this node.",
    total: true,
    read: (s) => s.published,
  },
  {
    name: "events_delivered_total",
    help: "Events that reached the outbox of a reader.",
    total: true,
    read: (s) => s.delivered,
  },
  {
    name: "dedup_hits_total",
    help: "Publishes whose key was known.",
    total: true,
    read: (s) => s.duplicates,
  },
  {
    name: "recoveries_total",
    help: "How subscriptions came to where they are.",
    labels: ["outcome"],
    total: true,
    read: (s) => by("outcome", s.recoveries),
  },
  {
    name: "rejected_total",
    help: "What was turned away, by stage and reason.",
    labels: ["stage", "reason"],
    total: true,
    read: (s) =>
      Object.entries(s.rejected).flatMap(([stage, reasons]) =>
        Object.entries(reasons ?? {}).map(
          ([reason, count]) => [{ stage, reason }, Number(count)] as const,
        ),
      ),
  },
  { name: "queue_bytes", help: "Bytes waiting for readers.", read: (s) => s.queuedBytes },
  {
    name: "broker_up",
    help: "1 while what other nodes publish arrives.",
    read: (s) => (s.broker.state === "up" ? 1 : 0),
  },
  {
    name: "broker_outages_total",
    help: "How often the broker went away.",
    total: true,
    read: (s) => s.broker.outages,
  },
  {
    name: "broker_arrivals_total",
    help: "What became of events that came out of order: repeated, recovered, superseded.",
    labels: ["outcome"],
    total: true,
    read: ({ broker: { repeated, recovered, superseded } }) =>
      by("outcome", { repeated, recovered, superseded }),
  },
  {
    name: "broker_gaps_total",
    help: "Times at which readers were told of a gap the broker had left.",
    total: true,
    read: (s) => s.broker.gaps,
  },
  {
    name: "broker_checks_total",
    help: "Comparisons of a channel with its history.",
    total: true,
    read: (s) => s.broker.checked,
  },
  {
    name: "broker_held_events",
    help: "Events that wait for one that is missing.",
    read: (s) => s.broker.held,
  },
  { name: "draining", help: "1 while the hub drains.", read: (s) => (s.draining ? 1 : 0) },
];

/** The names {@link hubMetrics} exports, without the prefix. */
export const HUB_METRIC_NAMES: readonly string[] = [
  ...rows.map(({ name }) => name),
  "event_loop_lag_seconds",
];

/**
 * Exports what a hub does to Prometheus. Everything is read from {@link Hub.stats} when somebody scrapes: between two
 * scrapes it costs nothing. No label names a channel or a user, so that their number is bounded.
 */
export function hubMetrics(
  hub: Pick<Hub, "stats">,
  { registry = register, prefix = "tocsin_" }: HubMetricsOptions = {},
): void {
  // One scrape asks every metric; the statistics are made once for all of them.
  let stats = hub.stats();
  let askedAt = Number.NEGATIVE_INFINITY;
  const current = (): HubStats => {
    const now = performance.now();
    if (now - askedAt > 50) stats = hub.stats();
    askedAt = now;
    return stats;
  };
  for (const row of rows) exported(row, { registry, prefix, read: () => row.read(current()) });

  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const lag = new Gauge({
    name: `${prefix}event_loop_lag_seconds`,
    help: "How late the event loop was at most since the last scrape.",
    registers: [registry],
    collect() {
      this.set(delay.max / 1e9);
      delay.reset();
    },
  });
  lag.set(0);
}

interface Exporting {
  readonly registry: Registry;
  readonly prefix: string;
  read(): Reading;
}

/** Registers one metric that is read at each scrape. */
export function exported(
  { name, help, labels = [], total = false }: Pick<Row, "name" | "help" | "labels" | "total">,
  { registry, prefix, read }: Exporting,
): void {
  const settings = {
    name: `${prefix}${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  };
  if (total) {
    new Counter({
      ...settings,
      collect() {
        this.reset();
        each(read(), (values, value) => this.inc(values, value));
      },
    });
    return;
  }
  new Gauge({
    ...settings,
    collect() {
      this.reset();
      each(read(), (values, value) => this.set(values, value));
    },
  });
}

function each(
  reading: Reading,
  set: (labels: Record<string, string>, value: number) => void,
): void {
  if (typeof reading === "number") return set({}, reading);
  for (const [labels, value] of reading) set(labels, value);
}
