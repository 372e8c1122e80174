import { register } from "prom-client";
import type { AlertService } from "../alerts/service/alert-service.js";
import { systemClock } from "../clock.js";
import { exported, type HubMetricsOptions } from "./hub-metrics.js";

/** Settings of {@link alertMetrics}. */
export interface AlertMetricsOptions extends HubMetricsOptions {
  /** Milliseconds since 1970, for the age of the feed. Default: the machine's. */
  readonly now?: () => number;
}

/** The names {@link alertMetrics} exports, without the prefix. */
export const ALERT_METRIC_NAMES: readonly string[] = [
  "ticks_total",
  "alerts_fired_total",
  "alerts_suppressed_total",
  "alert_backlog",
  "alert_monitors",
  "alert_store_up",
  "feed_age_seconds",
  "feed_stale_symbols",
];

/** Exports what an alert service does to Prometheus, read when somebody scrapes. */
export function alertMetrics(
  service: Pick<AlertService, "status" | "health">,
  { registry = register, prefix = "tocsin_", now = systemClock.now }: AlertMetricsOptions = {},
): void {
  const metric = (name: string, help: string, total: boolean, read: () => number) =>
    exported({ name, help, total }, { registry, prefix, read });
  metric("ticks_total", "Ticks that were evaluated.", true, () => service.status().ticks);
  metric("alerts_fired_total", "Notifications stored.", true, () => service.status().fired);
  metric(
    "alerts_suppressed_total",
    "Repeats that were counted instead of told.",
    true,
    () => service.status().suppressed,
  );
  metric(
    "alert_backlog",
    "Transitions that wait to be stored.",
    false,
    () => service.health().backlog,
  );
  metric("alert_monitors", "Monitors this worker watches.", false, () => service.health().monitors);
  metric("alert_store_up", "1 while alerts are being stored.", false, () =>
    service.health().ok ? 1 : 0,
  );
  metric("feed_age_seconds", "Since the last tick came.", false, () => {
    const { lastTickAt } = service.health().source;
    return lastTickAt === null ? Number.NaN : Math.max(0, now() - lastTickAt) / 1_000;
  });
  metric(
    "feed_stale_symbols",
    "Symbols that should have prices and have none.",
    false,
    () => service.health().source.stale?.length ?? 0,
  );
}
