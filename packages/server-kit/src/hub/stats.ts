import type { RejectionCounts } from "../inbound/rejections.js";
import type { BrokerStats } from "./incoming.js";

/** What a hub has done since it started. Plain data, safe to send as JSON. */
export interface HubStats {
  readonly uptimeMs: number;
  readonly connections: number;
  readonly subscriptions: number;
  /** Channels with a reader on this node. */
  readonly channels: number;
  /** Connections ever opened, and ended ones by close code. */
  readonly opened: number;
  readonly closed: Readonly<Record<string, number>>;
  /** Events published on this node, and events that reached the outbox of a reader. */
  readonly published: number;
  readonly delivered: number;
  /** Publishes whose key was known. */
  readonly duplicates: number;
  /** How subscriptions came to where they are: `fresh`, `nothing-missed`, `recovered`, `gap`. */
  readonly recoveries: Readonly<Record<string, number>>;
  /** What was turned away, by stage and reason. */
  readonly rejected: RejectionCounts;
  /** Bytes waiting for readers, all outboxes together. */
  readonly queuedBytes: number;
  /** How it stands with the broker, and what became of events that it lost, repeated or mixed up. */
  readonly broker: BrokerStats;
  readonly draining: boolean;
}

/** One open connection, as an operator sees it. */
export interface ClientInfo {
  readonly clientId: string;
  readonly userId?: string;
  readonly remoteAddress: string;
  /** Milliseconds since 1970. */
  readonly connectedAt: number;
  readonly channels: readonly string[];
  readonly queuedBytes: number;
  /** Events of `signal` channels it did not get because it was behind. */
  readonly droppedSignals: number;
}

/** The running counts behind {@link HubStats}. */
export interface Counters {
  opened: number;
  published: number;
  delivered: number;
  duplicates: number;
  readonly closed: Map<string, number>;
  readonly recoveries: Map<string, number>;
}

/** Counters at zero. */
export function createCounters(): Counters {
  return {
    opened: 0,
    published: 0,
    delivered: 0,
    duplicates: 0,
    closed: new Map(),
    recoveries: new Map(),
  };
}

/** Adds one to a named count. */
export function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
