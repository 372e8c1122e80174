export { type Candle, candle } from "./candle.js";
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
export {
  type AlertNotification,
  alertNotification,
  type NotificationKind,
  type NotificationReason,
  notificationKind,
  notificationReason,
} from "./notification.js";
export { type Greeks, greeks, type OptionRow, optionRow } from "./option-row.js";
export {
  ALERT_KINDS,
  type AlertKind,
  type AlertRule,
  alertRule,
  type NewRuleInput,
  newRule,
  type RuleOf,
  type Severity,
  severity,
} from "./rule.js";
export { type RulePhase, type RuleState, rulePhase, ruleState } from "./rule-state.js";
export {
  type NewStrategy,
  newStrategy,
  type Strategy,
  type StrategyChange,
  strategy,
  strategyChange,
} from "./strategy.js";
export { type Tick, tick } from "./tick.js";
export { type TradingHours, tradingHours, tradingSession } from "./trading-hours.js";
