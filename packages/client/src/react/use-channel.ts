import type { ChannelDef, ChannelRef, PayloadOf } from "@tocsin/protocol";
import { useMemo, useSyncExternalStore } from "react";
import type { EventMeta, Recovery } from "../subscription/delivery.js";
import type { CommonSubscribeOptions, SubscribeOptions } from "../subscription/subscription.js";
import { useTocsinClient } from "./provider.js";
import { type ChannelState, createChannelStore, idleStore, type View } from "./store.js";

/** A channel, or nothing yet: without one the hook does not subscribe. */
export type MaybeRef<Def extends ChannelDef> = ChannelRef<Def> | null | undefined;

/** What `useLatest` returns. */
export interface LatestState<Value> extends ChannelState {
  /** The newest value; `undefined` as long as there is none. */
  readonly value: Value | undefined;
}

/** What `useTable` returns. */
export interface TableState<Row> extends ChannelState {
  /** The current rows by key; a new map whenever a row changed. */
  readonly rows: ReadonlyMap<string, Row>;
}

/** One entry of a log. */
export interface LogEntry<Payload> extends EventMeta {
  /** The event itself. */
  readonly data: Payload;
}

/** What `useLog` returns. */
export interface LogState<Payload> extends ChannelState {
  /** The newest events, oldest first; a new array whenever one came. */
  readonly events: readonly LogEntry<Payload>[];
  /** The newest gap: events this component will not get to see. */
  readonly gap: Extract<Recovery, { outcome: "gap" }> | undefined;
}

/** Options of `useLog`. */
export interface UseLogOptions<Def extends ChannelDef>
  extends Omit<CommonSubscribeOptions<Def>, "bufferSize"> {
  /** Start with the last so many events. */
  readonly rewind?: number;
  /** Most events kept, the newest ones; default 100. */
  readonly limit?: number;
}

/** The current value of a `latest` channel. Renders at most once a frame; refs are compared by name. */
export function useLatest<Def extends ChannelDef<string, "latest">>(
  ref: MaybeRef<Def>,
  options?: SubscribeOptions<Def>,
): LatestState<PayloadOf<Def>> {
  return useChannel<Def, { readonly value: PayloadOf<Def> | undefined }>(ref, options, latestView);
}

/** The rows of a `table`. Renders at most once a frame; refs are compared by name. */
export function useTable<Def extends ChannelDef<string, "table">>(
  ref: MaybeRef<Def>,
  options?: SubscribeOptions<Def>,
): TableState<PayloadOf<Def>> {
  return useChannel<Def, { readonly rows: ReadonlyMap<string, PayloadOf<Def>> }>(
    ref,
    options,
    tableView,
  );
}

/** The newest events of a `log`, with those from before if `rewind` says so. No event is skipped by rendering. */
export function useLog<Def extends ChannelDef<string, "log">>(
  ref: MaybeRef<Def>,
  options?: UseLogOptions<Def>,
): LogState<PayloadOf<Def>> {
  const limit = options?.limit ?? 100;
  // all of its fields are fields of this type when the mode is log, which it is
  const subscribeOptions = options as SubscribeOptions<Def> | undefined;
  return useChannel<Def, LogData<PayloadOf<Def>>>(ref, subscribeOptions, () => logView(limit));
}

function useChannel<Def extends ChannelDef, Data extends object>(
  ref: MaybeRef<Def>,
  options: SubscribeOptions<Def> | undefined,
  makeView: () => View<Def, Data>,
): ChannelState & Data {
  const client = useTocsinClient();
  const key = JSON.stringify([ref?.name, options]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the ref, the options and the view
  const store = useMemo(
    () => (ref ? createChannelStore(client, ref, options, makeView) : idleStore(makeView().empty)),
    [client, key],
  );
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}

function latestView<Def extends ChannelDef<string, "latest">>(): View<
  Def,
  { readonly value: PayloadOf<Def> | undefined }
> {
  return { empty: { value: undefined }, read: ({ value }) => ({ value }) };
}

function tableView<Def extends ChannelDef<string, "table">>(): View<
  Def,
  { readonly rows: ReadonlyMap<string, PayloadOf<Def>> }
> {
  const empty = { rows: new Map<string, PayloadOf<Def>>() };
  let shown: { rows: ReadonlyMap<string, PayloadOf<Def>> } | undefined;
  return {
    empty,
    onEvent() {
      shown = undefined;
    },
    read({ rows }) {
      shown ??= { rows: new Map(rows) };
      return shown;
    },
  };
}

interface LogData<Payload> {
  readonly events: readonly LogEntry<Payload>[];
  readonly gap: Extract<Recovery, { outcome: "gap" }> | undefined;
}

function logView<Def extends ChannelDef<string, "log">>(
  limit: number,
): View<Def, LogData<PayloadOf<Def>>> {
  let fresh: LogEntry<PayloadOf<Def>>[] = [];
  let data: LogData<PayloadOf<Def>> = { events: [], gap: undefined };
  return {
    empty: data,
    onEvent(item, meta) {
      fresh.push({ ...meta, data: item });
      if (fresh.length > limit) fresh.shift();
    },
    onRecovery(recovery) {
      if (recovery.outcome === "gap") data = { ...data, gap: recovery };
    },
    read() {
      if (fresh.length > 0) {
        data = { ...data, events: [...data.events, ...fresh].slice(-limit) };
        fresh = [];
      }
      return data;
    },
  };
}
