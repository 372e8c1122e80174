import type { ChannelMode } from "@tocsin/protocol";

/** One event as it is carried between nodes and fanned out: everything a frame needs, nothing about a reader. */
export interface ChannelEvent {
  readonly channel: string;
  readonly mode: ChannelMode;
  readonly epoch: string;
  /** 1 for the first event of the epoch; 0 on a `signal` channel, which keeps no positions. */
  readonly offset: number;
  readonly data: unknown;
  /** When it was published, milliseconds since 1970. */
  readonly timestamp: number;
  /** In a table, the row it is about. */
  readonly key?: string;
  /** In a table, whether the row is gone; `data` is then `null`. */
  readonly removed?: boolean;
}
