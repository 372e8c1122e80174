import {
  DEFAULT_MAX_CHANNELS,
  DEFAULT_MAX_MESSAGE_BYTES,
  DEFAULT_MAX_REPLAY,
} from "@tocsin/protocol";
import type { ConnectionLimits } from "./connection/connection-manager.js";

/** What one client, and all of them together, may ask of a hub. Every limit is on by default. */
export interface HubLimits extends ConnectionLimits {
  /** Connections taken in a second, in the long run; more wait up to 5 s for their turn. Default 1,000. */
  readonly connectsPerSecond: number;
  /** Largest message a client may send, in bytes. Default 65,536. */
  readonly maxMessageBytes: number;
  /** Channels one connection may be on. Default 128. */
  readonly channelsPerConnection: number;
  /** Time to authenticate, in milliseconds. Default 3,000. */
  readonly authTimeoutMs: number;
  /** Bytes that may wait for one reader, in each lane of its outbox, those on their way included. Default 1 MiB. */
  readonly outboxBytes: number;
  /** Messages a connection may send in the long run. Default 100. */
  readonly messagesPerSecond: number;
  /** And at once, such as subscribes after a reconnect. Default 400. */
  readonly messageBurst: number;
  /** Most events one recovery, rewind or history request returns. Default 1,000, which is also the most. */
  readonly maxReplay: number;
}

/** The limits of a hub that was given none. */
export const DEFAULT_LIMITS: HubLimits = {
  connections: 50_000,
  connectionsPerAddress: 256,
  connectsPerSecond: 1_000,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  channelsPerConnection: DEFAULT_MAX_CHANNELS,
  authTimeoutMs: 3_000,
  outboxBytes: 1_048_576,
  messagesPerSecond: 100,
  messageBurst: 400,
  maxReplay: DEFAULT_MAX_REPLAY,
};

const isLimit = (name: string): name is keyof HubLimits => name in DEFAULT_LIMITS;
const LIMIT_NAMES = Object.keys(DEFAULT_LIMITS).filter(isLimit);

/** What the wire lets a client ask for at most; a server cannot raise it. */
const MAX_ON_THE_WIRE: Partial<HubLimits> = { maxReplay: DEFAULT_MAX_REPLAY };

/**
 * Fills in defaults.
 *
 * @throws RangeError naming the limit that is not a finite number above 0, or above what the wire allows.
 */
export function resolveLimits(given: Partial<HubLimits> = {}): HubLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  for (const name of LIMIT_NAMES) {
    const value = limits[name];
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`limits.${name} must be a finite number above 0, not ${value}`);
    }
    const most = MAX_ON_THE_WIRE[name] ?? value;
    if (value > most) throw new RangeError(`limits.${name} must be at most ${most}, not ${value}`);
  }
  return limits;
}
