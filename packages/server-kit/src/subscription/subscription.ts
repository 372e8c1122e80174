import type { ChannelRef } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import type { EncodedEvent } from "../connection/encoded-event.js";

/** One connection's interest in one channel. */
export interface Subscription {
  readonly connection: Connection;
  readonly channel: ChannelRef;
  /** The checked params of the subscribe, for `authorize` and the channel's hooks. */
  readonly params: unknown;
  stage: Stage;
}

/**
 * Where a subscription is on its way from history to live events. While it joins, live events are held; once
 * live, `epoch` and `offset` say what the join already covered, so that nothing is sent twice.
 */
export type Stage =
  | { readonly is: "joining"; readonly held: EncodedEvent[] }
  | { readonly is: "live"; readonly epoch: string; readonly offset: number }
  | { readonly is: "ended" };
