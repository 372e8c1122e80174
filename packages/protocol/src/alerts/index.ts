export {
  DEFAULT_COOLDOWN_MS,
  type Monitor,
  type MonitorChange,
  monitor,
  monitorChange,
  type NewMonitor,
  type NewMonitorInput,
  newMonitor,
} from "./monitor.js";
export { type AlertNotification, alertNotification } from "./notification.js";
export {
  ALERT_KINDS,
  type AlertKind,
  type AlertRule,
  alertRule,
  entryRangeRule,
  stopLossRule,
  takeProfitRule,
} from "./rule.js";
export { type Tick, tick } from "./tick.js";
