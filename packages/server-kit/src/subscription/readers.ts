import type { Codec } from "@tocsin/protocol";
import type { Outbox } from "../connection/outbox.js";
import type { Subscription } from "./subscription.js";

/** The readers of one channel, packed: walking them is most of what fan-out does besides writing. */
export interface Readers {
  readonly list: readonly Subscription[];
  /** The outboxes of the readers, in the same order. */
  readonly outboxes: readonly Outbox[];
  /** What was found to hold for all of them, as long as it does. Whoever finds it sets it. */
  alike: Alike | undefined;
  /** How often a reader came or went. */
  readonly changes: number;
}

/**
 * What readers have in common who need not be looked at one by one: all are live, see the channel as it is, and have
 * no pace. That stays so until somebody joins, for what is live can only end.
 */
export interface Alike {
  /** The numbering they joined in; `undefined` on a channel without one. */
  readonly epoch: string | undefined;
  /** No join covered an event from here on. */
  readonly offset: number;
  /** In which formats they read. */
  readonly codecs: readonly Codec[];
}

/** Readers that come and go. */
export interface ChangingReaders extends Readers {
  readonly list: Subscription[];
  readonly outboxes: Outbox[];
  changes: number;
}

/** Nobody yet. */
export function noReaders(): ChangingReaders {
  return { list: [], outboxes: [], alike: undefined, changes: 0 };
}

/** Takes in a reader. */
export function addReader(readers: ChangingReaders, reader: Subscription): void {
  reader.place = readers.list.length;
  readers.list.push(reader);
  readers.outboxes.push(reader.connection.outbox);
  readers.alike = undefined;
  readers.changes += 1;
}

/** Lets go of a reader that is among them: the last one takes its place. */
export function removeReader(readers: ChangingReaders, { place }: Subscription): void {
  const { list, outboxes, alike } = readers;
  readers.changes += 1;
  const last = list.pop();
  const outbox = outboxes.pop();
  if (last && outbox && place < list.length) {
    list[place] = last;
    outboxes[place] = outbox;
    last.place = place;
  }
  if (alike && alike.codecs.length > 1) readers.alike = undefined; // it may have been the last to read a format
}
