import type { ChannelRef } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import type { EncodedEvent } from "../connection/encoded-event.js";
import type { Pace } from "./pace.js";
import type { View } from "./view.js";

/** One connection's interest in one channel. */
export interface Subscription {
  readonly connection: Connection;
  readonly channel: ChannelRef;
  /** The checked params of the subscribe, for `authorize` and the channel's hooks. */
  readonly params: unknown;
  /** What its params let it see; `undefined` where it sees the channel as it is. */
  readonly view: View | undefined;
  /** Holds it to its `maxRate`, where it has one. */
  readonly pace: Pace | undefined;
  stage: Stage;
  /** Where it stands among the readers of its channel. Belongs to the index. */
  place: number;
}

/** How a subscriber wants a channel. */
export type SubscriptionTerms = Pick<Subscription, "params" | "view" | "pace">;

/**
 * Where a subscription is on its way from history to live events. While it joins, live events are held; while a
 * long replay waits for its reader they are not, for they are in the history that is read on from; once live,
 * `epoch` and `offset` say what the join already covered, so that nothing is sent twice.
 */
export type Stage =
  | { readonly is: "joining"; readonly held: EncodedEvent[] }
  | { readonly is: "replaying" }
  | { readonly is: "live"; readonly epoch: string; readonly offset: number }
  | {
      readonly is: "ended";
      /** Why the server ended it; absent when the client left, or when a newer subscription took its place. */
      readonly reason?: string;
    };

/** Whether an event is past what the join already covered. Signals have no place in either. */
export function isNews({ event }: EncodedEvent, { offset }: Stage & { is: "live" }): boolean {
  return event.mode === "signal" || event.offset > offset;
}
