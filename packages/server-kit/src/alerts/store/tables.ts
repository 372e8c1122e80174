import type { AlertNotification } from "@tocsin/protocol/alerts";

/**
 * The tables as Kysely sees them. Portable on purpose: text, numbers, JSON as text, times as integer milliseconds,
 * so that SQLite and PostgreSQL run the same code. Market time unless said otherwise.
 */
export interface AlertTables {
  alert_monitors: MonitorRow;
  alert_deleted_monitors: DeletedMonitorRow;
  alert_strategies: StrategyRow;
  alert_rule_states: RuleStateRow;
  alert_causes: CauseRow;
  alert_silences: SilenceRow;
  alert_users: UserRow;
  alert_notifications: NotificationRow;
  alert_deliveries: DeliveryRow;
  alert_queues: QueueRow;
  alert_endpoints: EndpointRow;
  alert_leases: LeaseRow;
  alert_workers: WorkerRow;
  alert_samples: SampleRow;
  alert_state: StateRow;
  alert_sequence: SequenceRow;
}

/** A monitor. `created_at` and `updated_at` are server time. */
export interface MonitorRow {
  id: string;
  user_id: string;
  symbol: string;
  note: string;
  /** 1 or 0. */
  enabled: number;
  /** JSON. */
  rules: string;
  cooldown_ms: number;
  /** JSON. */
  tags: string;
  strategy_id: string | null;
  on_no_data: string;
  version: number;
  created_at: number;
  updated_at: number;
  armed_at: number | null;
  /** Grows with each change of any monitor, in the order of the commits. */
  revision: number;
}

/** A monitor that was deleted, for workers that still watch it. `created_at` keeps its place for whoever pages. */
export interface DeletedMonitorRow {
  id: string;
  user_id: string;
  created_at: number;
  /** Server time. */
  deleted_at: number;
  revision: number;
}

/** A strategy. Times are the server's. */
export interface StrategyRow {
  id: string;
  user_id: string;
  name: string;
  note: string;
  version: number;
  created_at: number;
  updated_at: number;
}

/** Where a rule stands: what the evaluator knew, and what became of its last fire. */
export interface RuleStateRow {
  monitor_id: string;
  rule_id: string;
  monitor_version: number;
  phase: string;
  since: number | null;
  pending_since: number | null;
  fired_at: number | null;
  fired_price: number | null;
  /** 1 or 0. */
  held: number;
  /** Of the last transition; `null` before the first: the rule was only snoozed. */
  moved_at: number | null;
  /** The notification of the fire that stands; `null` when it was suppressed. */
  notified_id: string | null;
  /** Why the fire that stands was suppressed. */
  muted: string | null;
  /** What the rule saw when it was muted, to be told later; JSON. */
  muted_seen: string | null;
  snoozed_until: number | null;
  /** 1 or 0. */
  spent: number;
}

/** One rule of one monitor, whichever version: what its repeats are counted on, and until when. */
export interface CauseRow {
  monitor_id: string;
  rule_id: string;
  /** The notification that holds the cause; `null` when all so far was muted. */
  notification_id: string | null;
  /** When that was sent. */
  notified_at: number | null;
  cooldown_until: number;
  /** The last trigger that was notified or counted. */
  last_at: number;
  /** What was muted before there was a notification to count it on, with its first and last. */
  unclaimed: number;
  unclaimed_first: number | null;
  unclaimed_last: number | null;
}

/** The last silence of a monitor's feed. */
export interface SilenceRow {
  monitor_id: string;
  /** The last tick before it; names it. */
  last_at: number;
  since: number;
  ended_at: number | null;
  notification_id: string | null;
}

/** What is kept for a user; its row is locked by whoever writes to the inbox. */
export interface UserRow {
  user_id: string;
  /** The times of the last notifications, as many as a flood takes; JSON. */
  flood_times: string;
  /** The summary of a flood that goes on. */
  flood_id: string | null;
  /** The last one it covers. */
  flood_at: number | null;
  /** How many it covers beyond what it says. */
  flood_waiting: number;
  /** The first that waits for a digest; how many do, and until when. */
  digest_first: string | null;
  digest_count: number;
  digest_due_at: number | null;
}

/** A notification. What may change or is searched for has columns, the rest is in `fixed`. */
export interface NotificationRow {
  id: string;
  seq: number;
  revision: number;
  user_id: string;
  monitor_id: string | null;
  strategy_id: string | null;
  symbol: string | null;
  kind: AlertNotification["kind"];
  severity: AlertNotification["severity"];
  state: AlertNotification["state"];
  push: AlertNotification["push"];
  covers: number;
  fired_at: number;
  resolved_at: number | null;
  stored_at: number;
  updated_at: number;
  suppressed_count: number;
  first_suppressed_at: number | null;
  last_suppressed_at: number | null;
  read_at: number | null;
  acknowledged_at: number | null;
  snoozed_until: number | null;
  archived_at: number | null;
  /** Title and body in small letters. */
  words: string;
  /** JSON. */
  fixed: string;
}

/** One revision on its way to one recipient. Times are the server's. */
export interface DeliveryRow {
  id: string;
  /** Grows in the order of the commits. */
  ordinal: number;
  sink: string;
  recipient: string;
  user_id: string;
  notification_id: string;
  revision: number;
  attempts: number;
  status: string;
  error: string | null;
  at: number;
  /** The notification as it was at that revision, JSON; `null` once it needs no more attempts. */
  payload: string | null;
}

/** What waits for one recipient of one sink. Times are the server's. */
export interface QueueRow {
  sink: string;
  recipient: string;
  waiting: number;
  /** When its first may be tried; 0 at once. */
  due_at: number;
  /** Which dispatcher is at it, and until when no other may be. */
  claimed_by: string | null;
  claimed_until: number;
}

/** Where a user wants alerts besides the inbox. Times are the server's. */
export interface EndpointRow {
  id: string;
  user_id: string;
  sink: string;
  target: string;
  secret: string | null;
  min_severity: string;
  /** 1 or 0. */
  enabled: number;
  created_at: number;
}

/** Who evaluates a partition. Times are the server's. */
export interface LeaseRow {
  partition: number;
  owner: string;
  token: number;
  expires_at: number;
}

/** A worker that lives. Times are the server's. */
export interface WorkerRow {
  owner: string;
  expires_at: number;
}

/** The last price of a symbol. */
export interface SampleRow {
  symbol: string;
  price: number;
  at: number;
}

/** Whatever a service wants to find again after a restart. */
export interface StateRow {
  key: string;
  value: string;
}

/** The last number given out, by what it numbers. */
export interface SequenceRow {
  name: string;
  last: number;
}
