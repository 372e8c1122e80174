import {
  type AnyContract,
  type ChannelDef,
  type ChannelRef,
  type PayloadOf,
  TocsinError,
} from "@tocsin/protocol";
import type { Client } from "../api.js";
import { SubscriptionConflictError } from "../errors.js";
import type { EventMeta, ItemOf, Recovery } from "../subscription/delivery.js";
import type { SubscribeOptions, Subscription } from "../subscription/subscription.js";
import { nextFrame } from "./frame.js";

/**
 * What a component may say about its data: `idle` without a channel, `connecting` before the first answer, `live`,
 * `stale` while the connection is away, `error` when the subscription was refused or ended.
 */
export type ChannelStatus = "idle" | "connecting" | "live" | "stale" | "error";

/** What all channel hooks return. */
export interface ChannelState {
  readonly status: ChannelStatus;
  /** Whether what is shown may be out of date: everything but `live`. */
  readonly stale: boolean;
  /** The last thing that went wrong on this channel; gone after the next successful subscribe. */
  readonly error: TocsinError | undefined;
}

/** What `useSyncExternalStore` works with. */
export interface Store<State> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => State;
  /** What a server renders, and a browser until it has taken over. */
  readonly getServerSnapshot: () => State;
}

/** How the events of a channel become what a component shows. */
export interface View<Def extends ChannelDef, Data> {
  /** What to show before there is anything. */
  readonly empty: Data;
  /** Takes one event in. Called for every event, however many there are between two frames. */
  readonly onEvent?: (item: ItemOf<Def>, meta: EventMeta) => void;
  readonly onRecovery?: (recovery: Recovery) => void;
  /** What to show now. */
  readonly read: (held: Held<PayloadOf<Def>>) => Data;
}

/** The current state, as subscriptions of every mode have it at run time. */
export interface Held<Payload> {
  readonly value: Payload | undefined;
  readonly rows: ReadonlyMap<string, Payload>;
}

/**
 * Subscriptions nobody uses since a moment ago. React unmounts before it mounts, in StrictMode even the same
 * component, so an end is put off for a moment: otherwise every navigation would unsubscribe and subscribe again.
 */
const leaving = new WeakMap<object, Set<() => void>>();

/** What one component shows of one channel. Subscribes with its first listener and not before. */
export function createChannelStore<Def extends ChannelDef, Data extends object>(
  client: Client<AnyContract>,
  ref: ChannelRef<Def>,
  options: SubscribeOptions<Def> | undefined,
  makeView: () => View<Def, Data>,
): Store<ChannelState & Data> {
  const listeners = new Set<() => void>();
  let view = makeView();
  const initial = { ...state("connecting"), ...view.empty };
  let snapshot = initial;
  let subscription: (Subscription<Def> & Held<PayloadOf<Def>>) | undefined;
  let error: TocsinError | undefined;
  let scheduled = false;

  function show(): void {
    if (subscription)
      snapshot = { ...state(statusOf(subscription), error), ...view.read(subscription) };
    for (const listener of listeners) listener();
  }

  function touch(): void {
    if (scheduled) return;
    scheduled = true;
    nextFrame(() => {
      scheduled = false;
      show();
    });
  }

  function start(): void {
    view = makeView();
    error = undefined;
    try {
      subscription = subscribe(client, ref, options);
    } catch (thrown) {
      if (!(thrown instanceof TocsinError)) throw thrown;
      snapshot = { ...state("error", thrown), ...view.empty };
      return;
    }
    const { onEvent, onRecovery } = view;
    subscription.on("event", (item, meta) => {
      onEvent?.(item, meta);
      touch();
    });
    subscription.on("recovery", (recovery) => {
      error = undefined;
      onRecovery?.(recovery);
      touch();
    });
    subscription.on("error", (problem) => {
      error = problem;
      touch();
    });
    subscription.on("state", touch);
    show();
  }

  function stop(): void {
    if (listeners.size > 0) return;
    subscription?.unsubscribe();
    subscription = undefined;
    snapshot = initial;
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (!subscription) start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) soon(client, stop);
      };
    },
    getSnapshot: () => snapshot,
    getServerSnapshot: () => initial,
  };
}

/** A changed filter comes as a new subscription while the old one is still leaving: that one then goes at once. */
function subscribe<Def extends ChannelDef>(
  client: Client<AnyContract>,
  ref: ChannelRef<Def>,
  options: SubscribeOptions<Def> | undefined,
): Subscription<Def> & Held<PayloadOf<Def>> {
  // a view reads only what its mode has; which of the two that is, the compiler does not know here
  type Both = Subscription<Def> & Held<PayloadOf<Def>>;
  try {
    return client.subscribe(ref, options) as Both;
  } catch (error) {
    const ends = leaving.get(client);
    if (!(error instanceof SubscriptionConflictError) || !ends?.size) throw error;
    for (const end of ends) end();
    return client.subscribe(ref, options) as Both;
  }
}

function soon(client: object, end: () => void): void {
  const ends = leaving.get(client) ?? new Set();
  leaving.set(client, ends.add(end));
  queueMicrotask(() => {
    ends.delete(end);
    end();
  });
}

function statusOf(subscription: Subscription): ChannelStatus {
  if (subscription.state === "pending") return "connecting";
  return subscription.state === "ended" ? "error" : subscription.state;
}

function state(status: ChannelStatus, error?: TocsinError): ChannelState {
  return { status, stale: status !== "live", error };
}

/** A store for a component that has no channel yet. */
export function idleStore<Data extends object>(empty: Data): Store<ChannelState & Data> {
  const snapshot = { ...state("idle"), ...empty };
  const getSnapshot = () => snapshot;
  return { subscribe: () => () => {}, getSnapshot, getServerSnapshot: getSnapshot };
}
