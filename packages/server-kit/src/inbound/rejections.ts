import { ERROR_CODES } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import { type Connection, principalOf } from "../connection/connection.js";
import { FRAME_FAULTS } from "../connection/frame-fault.js";
import type { Logger } from "../logger.js";
import { type TokenBucket, tokenBucket } from "./rate-limit.js";

/**
 * All there is to be turned away for, by where it happens. The names are counted, logged and documented, so a new
 * one needs its row in the guide.
 */
export const REJECTION_REASONS = {
  /** An upgrade, before a socket is open. */
  upgrade: [
    "origin",
    "bad-handshake",
    "bad-version",
    "too-many-headers",
    "bad-head",
    "too-slow",
    "no-such-path",
    "address-full",
    "hub-full",
    "crowded",
    "bad-token",
    "hook-failed",
    "draining",
  ],
  /** A connection whose user is not known, or no longer. */
  auth: ["late", "first-message", "bad-token", "user-changed", "unavailable", "expired", "revoked"],
  /** Bytes that are no frame of ours. */
  frame: FRAME_FAULTS,
  /** A message, by the code of its `error`. */
  message: ERROR_CODES,
  /** A reader that takes too little. */
  outbox: ["slow-consumer"],
  /** A publish over HTTP, by the code of its error. */
  http: ERROR_CODES,
} as const;

/** Where something was turned away. */
export type RejectionStage = keyof typeof REJECTION_REASONS;

/** Why something was turned away at a stage. */
export type RejectionReason<S extends RejectionStage> = (typeof REJECTION_REASONS)[S][number];

/** One thing that was turned away. It holds nothing a peer wrote: no payload, no token, no name. */
export type Rejection = {
  readonly [S in RejectionStage]: {
    readonly stage: S;
    readonly reason: RejectionReason<S>;
  } & RejectionDetails;
}[RejectionStage];

/** What is known of a {@link Rejection} beside its reason. */
export interface RejectionDetails {
  /** The HTTP status or close code the peer was sent away with; left out where its connection goes on. */
  readonly code?: number;
  readonly clientId?: string;
  readonly userId?: string;
  readonly remoteAddress?: string;
  /** What failed, where the fault is the server's own. */
  readonly err?: unknown;
}

/** How often each reason was met; plain data. Stages and reasons that never were are left out. */
export type RejectionCounts = {
  readonly [S in RejectionStage]?: { readonly [R in RejectionReason<S>]?: number };
};

/** The one road of everything that is turned away: counted always, logged within bounds. */
export interface Rejections {
  /** Counts one, and logs it unless there were too many of its kind. */
  reject(rejection: Rejection): void;
  /** The counts so far. */
  counts(): RejectionCounts;
}

/** Lines in the log for each reason: so many at once, then one a second. */
const LINES = { burst: 10, ratePerSecond: 1 };

/** What is kept of one reason. */
interface Tally {
  count: number;
  /** Since its last line. */
  unlogged: number;
  readonly lines: TokenBucket;
}

/**
 * Counts and logs rejections. A flood fills the counters, not the log: each reason has ten lines at once and one
 * a second after that, and a line says how many before it were left out (`unlogged`).
 */
export function createRejections(logger: Logger, clock: Pick<Clock, "now">): Rejections {
  const stages = new Map<RejectionStage, Map<string, Tally>>();

  const tallyOf = ({ stage, reason }: Rejection, now: number): Tally => {
    const tallies = stages.get(stage) ?? new Map<string, Tally>();
    stages.set(stage, tallies);
    const tally = tallies.get(reason) ?? { count: 0, unlogged: 0, lines: tokenBucket(LINES, now) };
    tallies.set(reason, tally);
    return tally;
  };

  return {
    reject(rejection) {
      const now = clock.now();
      const tally = tallyOf(rejection, now);
      tally.count += 1;
      if (!tally.lines.take(1, now).allowed) {
        tally.unlogged += 1;
        return;
      }
      const { unlogged } = tally;
      tally.unlogged = 0;
      write(logger, unlogged > 0 ? { ...rejection, unlogged } : rejection);
    },
    counts: () =>
      Object.fromEntries(
        [...stages].map(([stage, tallies]) => [
          stage,
          Object.fromEntries([...tallies].map(([reason, { count }]) => [reason, count])),
        ]),
      ),
  };
}

function write(logger: Logger, fields: Rejection & { readonly unlogged?: number }): void {
  if (fields.err !== undefined) logger.error(fields, "turned away, as the server failed");
  else if (fields.stage === "upgrade" || fields.code !== undefined) {
    logger.warn(fields, "turned away");
  } else logger.info(fields, "answered with an error");
}

/** Whose connection it is, for a {@link Rejection}. */
export function whose(connection: Connection): RejectionDetails {
  const userId = principalOf(connection)?.userId;
  return {
    clientId: connection.id,
    ...(userId !== undefined && { userId }),
    remoteAddress: connection.request.remoteAddress,
  };
}
