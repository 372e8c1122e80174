import type { ChannelDef, Gap, PayloadOf } from "@tocsin/protocol";

/** What is known about an event besides its data. */
export interface EventMeta {
  /** Its number on the channel; 0 on a `signal` channel. Of a snapshot: the number of the newest event in it. */
  readonly offset: number;
  /** Not live: from a snapshot, a rewind or a recovery. */
  readonly replayed: boolean;
  /** How many older values this one replaced on its way, because this reader was slow or asked for a `maxRate`. */
  readonly conflated: number;
  /** When it was published, milliseconds since 1970 on the server's clock; not known of values in a snapshot. */
  readonly publishedAt: number | undefined;
}

/** What happened to one row of a table. */
export type TableChange<Row> =
  | { readonly type: "set"; readonly key: string; readonly row: Row }
  | { readonly type: "removed"; readonly key: string };

/** What handlers and loops get: the payload, or in a table what happened to a row. */
export type ItemOf<Def extends ChannelDef> = Def["mode"] extends "table"
  ? TableChange<PayloadOf<Def>>
  : PayloadOf<Def>;

/**
 * What became of the events between the last one seen and now: none were wanted (`fresh`), there were none, all of
 * them follow as replayed events, or those from `from` to `to` are lost to this reader.
 */
export type Recovery =
  | { readonly outcome: "fresh" | "nothing-missed" | "recovered" }
  | ({ readonly outcome: "gap" } & Gap);

/** One event on its way to the handles of a channel. */
export interface Delivery {
  readonly item: unknown;
  readonly meta: EventMeta;
}
