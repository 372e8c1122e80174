import {
  type ChannelRef,
  type ServerMessageOf,
  type TocsinError,
  validate,
} from "@tocsin/protocol";
import { isRecord } from "../connection/read-frame.js";
import { InvalidPayloadError, ProtocolError } from "../errors.js";
import type { Delivery } from "./delivery.js";
import { mergePatch } from "./merge-patch.js";

/** A `latest` channel is a table with one row; this is its key. */
export const ONLY = "";

/** What a patch is applied to. */
interface Base {
  readonly raw: unknown;
  readonly offset: number;
  /** A row of a snapshot is at most as new as the snapshot; its own offset is not known. */
  readonly fromSnapshot: boolean;
}

/** What a client holds of one channel, and how frames change it. Data that does not fit its schema is not taken in. */
export interface Holdings {
  /** Whether there is a state at all: `latest` and `table`. */
  readonly stateful: boolean;
  /** The current rows, or under {@link ONLY} the current value. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Takes the snapshot of a `subscribed`; in a table rows that are no longer there are removed. */
  snapshot(snapshot: unknown, offset: number): readonly Delivery[];
  /** What is held, for somebody who joins later. */
  current(offset: number): readonly Delivery[];
  event(message: ServerMessageOf<"event">): Delivery | undefined;
  /** `mismatch` when the patch is not for what is held: only a new snapshot helps. */
  patch(message: ServerMessageOf<"patch">): Delivery | "mismatch" | undefined;
}

export function createHoldings(
  { def, mode, name }: ChannelRef,
  onInvalid: (error: TocsinError) => void,
): Holdings {
  const values = new Map<string, unknown>();
  const bases = new Map<string, Base>();
  const stateful = mode === "latest" || mode === "table";

  function deliver(
    key: string,
    data: unknown,
    { offset, timestamp, replayed = false, conflated = 0 }: EventFacts,
    removed = false,
  ): Delivery {
    const change = removed ? { type: "removed", key } : { type: "set", key, row: data };
    return {
      item: mode === "table" ? change : data,
      meta: { offset: offset ?? 0, replayed, conflated, publishedAt: timestamp },
    };
  }

  function take(
    key: string,
    raw: unknown,
    facts: EventFacts,
    fromSnapshot = false,
  ): Delivery | undefined {
    // an invalid value is still what the next patch is made for
    if (stateful) bases.set(key, { raw, offset: facts.offset ?? 0, fromSnapshot });
    const checked = validate(def.payload, raw);
    if (!checked.ok) {
      onInvalid(new InvalidPayloadError(name, checked.problem));
      return undefined;
    }
    if (stateful) values.set(key, checked.value);
    return deliver(key, checked.value, facts);
  }

  function remove(key: string, facts: EventFacts): Delivery | undefined {
    bases.delete(key);
    return values.delete(key) ? deliver(key, undefined, facts, true) : undefined;
  }

  const keyOf = (row: unknown): string =>
    mode === "table" && def.key !== undefined && isRecord(row) ? String(row[def.key]) : ONLY;

  function tableSnapshot(rows: readonly unknown[], facts: EventFacts): Delivery[] {
    const gone = new Set(values.keys());
    bases.clear();
    const deliveries = rows.map((row) => {
      const key = keyOf(row);
      const delivery = take(key, row, facts, true);
      if (delivery) gone.delete(key);
      return delivery;
    });
    const removed = [...gone].map((key) => remove(key, facts));
    return [...removed, ...deliveries].filter((delivery) => delivery !== undefined);
  }

  return {
    stateful,
    values,
    snapshot(snapshot, offset) {
      const facts = { offset, replayed: true };
      if (mode === "latest") {
        if (snapshot !== undefined) return [take(ONLY, snapshot, facts, true)].filter((d) => !!d);
        values.clear();
        bases.clear();
        return [];
      }
      const list = snapshot ?? [];
      if (!Array.isArray(list)) {
        onInvalid(new ProtocolError(`the snapshot of ${name} is not a list`));
        return [];
      }
      if (mode === "table") return tableSnapshot(list, facts);
      return list
        .map((entry: ServerMessageOf<"event">) => take(ONLY, entry.data, { ...entry, ...REPLAYED }))
        .filter((delivery) => delivery !== undefined);
    },
    current: (offset) =>
      [...values].map(([key, value]) => deliver(key, value, { offset, replayed: true })),
    event(message) {
      const key = message.key ?? keyOf(message.data);
      // a replay may repeat a row that came ahead of its turn
      if ((message.offset ?? 0) <= (bases.get(key)?.offset ?? -1)) return undefined;
      return message.removed ? remove(key, message) : take(key, message.data, message);
    },
    patch(message) {
      const key = message.key ?? ONLY;
      const base = bases.get(key);
      const fits =
        base && (base.fromSnapshot ? message.base <= base.offset : message.base === base.offset);
      return fits ? take(key, mergePatch(base.raw, message.patch), message) : "mismatch";
    },
  };
}

const REPLAYED = { replayed: true };

interface EventFacts {
  readonly offset?: number | undefined;
  readonly timestamp?: number | undefined;
  readonly replayed?: boolean | undefined;
  readonly conflated?: number | undefined;
}
