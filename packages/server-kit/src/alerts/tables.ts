/**
 * The tables as Kysely sees them. Portable on purpose: text, numbers, JSON as text, times as integer
 * milliseconds, so that SQLite and PostgreSQL run the same code.
 */
export interface AlertTables {
  alert_monitors: MonitorRow;
  alert_notifications: NotificationRow;
  alert_claims: ClaimRow;
  alert_sequence: SequenceRow;
  service_state: StateRow;
}

/** A monitor. `armed_at` is market time, the other times are the server's. */
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
  version: number;
  created_at: number;
  updated_at: number;
  armed_at: number | null;
}

/** A notification. `published_at` is `null` until the outbox has handed it on. */
export interface NotificationRow {
  id: string;
  seq: number;
  user_id: string;
  monitor_id: string;
  monitor_version: number;
  symbol: string;
  reason: string;
  /** JSON. */
  rule: string;
  price: number;
  previous_price: number | null;
  level: number;
  fired_at: number;
  stored_at: number;
  cooldown_until: number;
  suppressed_count: number;
  last_suppressed_at: number | null;
  title: string;
  body: string;
  published_at: number | null;
}

/** A cause that is suppressed until `expires_at` (market time), and the notification that holds it; both as JSON. */
export interface ClaimRow {
  key: string;
  value: string | null;
  expires_at: number;
  /** Whose claim it is; `null` of one made before claims had tokens. */
  token: string | null;
}

/** The last number given to a notification; one row. */
export interface SequenceRow {
  name: string;
  value: number;
}

/** Whatever a service wants to find again after a restart. */
export interface StateRow {
  key: string;
  value: string;
}
