import type { ChannelRef, Position } from "@tocsin/protocol";
import type { Clock } from "../../clock.js";
import type { ChannelEvent } from "../../store/event.js";
import type { HistoryPage, HistoryStore } from "../../store/history-store.js";
import type { ArrivalCounts } from "./stats.js";

/**
 * Brings what a broker delivers into the order of the history. A broker may lose events, repeat them, and let them
 * overtake each other; the offsets tell. Readers on this node get each event of a channel once and in order, or are
 * told that some are lost.
 */
export interface Arrivals {
  /** An event came from the broker. */
  take(event: ChannelEvent): void;
  /** An event was stored that the broker did not take. */
  heardOf(channel: string, position: Position): void;
  /**
   * A reader is about to begin after this page. `undefined` says that what is handed on from now on follows it. If
   * not, the page has to be read again once the promise is kept. Call in the turn in which the reader goes live.
   */
  follow(channel: ChannelRef, page: HistoryPage): Promise<void> | undefined;
  /** The channel has lost its last reader on this node. */
  forget(channel: string): void;
  /** Looks up every channel, because the broker may have lost events. */
  verifyAll(): void;
  counts(): ArrivalCounts;
  stop(): void;
}

/** What the arrivals work with. */
export interface ArrivalParts {
  readonly history: Pick<HistoryStore, "read">;
  readonly clock: Clock;
  /** Longest time in milliseconds for which a lost event may go unnoticed; `undefined` where none can be lost. */
  readonly checkEveryMs: number | undefined;
  hasReaders(channel: string): boolean;
  /** The next event of its channel. */
  handOn(event: ChannelEvent): void;
  /** Events were left out or read from the history: what a patch would be based on is not known any more. */
  onJump(channel: string): void;
  /** Events are lost to the readers, who were brought as far as `seen`. They have to join again. */
  onBreak(channel: string, seen: Position): void;
  /** Events came neither by the broker nor late: ask it for the channel anew. */
  askAgain(channel: string): Promise<void>;
  /** The history could not be read, or can again. */
  onTrouble(error: unknown, channel: string): void;
  onRecovered(): void;
}
