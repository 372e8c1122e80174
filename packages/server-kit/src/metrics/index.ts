export { ALERT_METRIC_NAMES, type AlertMetricsOptions, alertMetrics } from "./alert-metrics.js";
export { HUB_METRIC_NAMES, type HubMetricsOptions, hubMetrics } from "./hub-metrics.js";
export { metricsHandler } from "./metrics-handler.js";
