import { type ChannelRef, TocsinError } from "@tocsin/protocol";
import { type EncodedEvent, encodedEvent } from "../connection/encoded-event.js";
import type { StoredEntry } from "../store/history-store.js";

/**
 * What one subscriber, with its params, gets to see of an event: the data as it is, something made of it, or
 * nothing (`undefined`). It must depend on its arguments alone, since its result is shared and repeated.
 */
export type Select = (data: unknown, params: unknown) => unknown;

/** A view threw; `cause` is what. Nobody can say what its readers may see, so they are not sent anything. */
export class ViewFailedError extends TocsinError {
  override name = "ViewFailedError";
}

/** A channel as subscribers with equal params see it. */
export interface View {
  /** Equal for equal params. */
  readonly key: string;
  /** What of an event is seen; `undefined` for nothing. Throws a {@link ViewFailedError}. */
  select(data: unknown): unknown;
}

/** The view of a subscriber; `undefined` where everybody sees the channel as it is. */
export function viewOf(
  select: Select | undefined,
  channel: ChannelRef,
  params: unknown,
): View | undefined {
  if (!select || channel.def.params === undefined || params === undefined) return undefined;
  return {
    key: canonical(params),
    select(data) {
      try {
        return select(data, params);
      } catch (cause) {
        throw new ViewFailedError(`the view of ${channel.name} threw`, { cause });
      }
    },
  };
}

/** JSON with the fields in one order, so that equal params have equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Shows events through a view. Throws what the view throws. */
export function throughView(events: readonly EncodedEvent[], view: View): EncodedEvent[] {
  return events.flatMap((encoded) => {
    const { event, previous } = encoded;
    const before = previous === undefined ? undefined : view.select(previous.data);
    const known = previous !== undefined;
    const data = event.removed ? undefined : view.select(event.data);
    if (data !== undefined) {
      return encodedEvent(
        { ...event, data },
        known && before !== undefined ? { offset: previous.offset, data: before } : undefined,
      );
    }
    // A row that is no longer seen leaves the table, unless it is known that it was not seen before either.
    const wasHidden = known && before === undefined;
    if (event.mode !== "table" || wasHidden) return [];
    return encodedEvent({ ...event, data: null, removed: true });
  });
}

/** Stored entries as a view shows them. Rows that are not seen count as removed, in case they were before. */
export function entriesThroughView(entries: readonly StoredEntry[], view: View): StoredEntry[] {
  return entries.flatMap((entry) => {
    const data = entry.removed ? undefined : view.select(entry.data);
    if (data !== undefined) return { ...entry, data };
    return entry.key === undefined ? [] : { ...entry, data: null, removed: true };
  });
}
