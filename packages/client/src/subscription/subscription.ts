import type {
  ChannelDef,
  ChannelRef,
  InputOf,
  PayloadOf,
  Position,
  TocsinError,
} from "@tocsin/protocol";
import { type Disposable, disposable } from "../dispose.js";
import { AbortedError, HandlerError } from "../errors.js";
import { createEmitter, type Listenable } from "../events.js";
import type { Delivery, EventMeta, ItemOf, Recovery } from "./delivery.js";
import { ONLY } from "./holdings.js";
import { createQueue, type Queue } from "./queue.js";
import type { Reader } from "./resume.js";

/** `pending` before the first answer, `stale` while the connection is away, `ended` for good. */
export type SubscriptionState = "pending" | "live" | "stale" | "ended";

/** Events of a subscription. */
export interface SubscriptionEvents<Item> {
  /** Each event; on a table what happened to a row. */
  readonly event: readonly [item: Item, meta: EventMeta];
  /** After every subscribe and resubscribe, before the events it brings. */
  readonly recovery: readonly [recovery: Recovery];
  /** A refused subscribe, data that does not fit its schema. Without a handler it goes to the client's `error`. */
  readonly error: readonly [error: TocsinError];
  /** Every change of `state`. */
  readonly state: readonly [state: SubscriptionState];
}

/** What every subscription has. */
export interface BaseSubscription<Def extends ChannelDef>
  extends Listenable<SubscriptionEvents<ItemOf<Def>>>,
    AsyncIterable<ItemOf<Def>>,
    Disposable {
  /** The address, as in `stock:600519`. */
  readonly channel: string;
  /** Whether events come now. */
  readonly state: SubscriptionState;
  /**
   * Up to where your handlers have had the channel; keep it, and give it to a later subscribe of a `log` as `since`.
   * Moves when all handlers of an event have returned: inside of one, the event in hand is not part of it yet.
   * `undefined` before the first answer, and always on a `signal`.
   */
  readonly position: Position | undefined;
  /** Resolves at the first answer of the server; rejects when the subscription ends before that. */
  readonly ready: Promise<void>;
  /** Ends this handle. The last one of a channel also ends the subscription on the server. */
  unsubscribe(): void;
  /**
   * The events from now on; on `latest` and `table` the current state first. A loop that is too slow gets only the
   * newest value (`latest`) or the newest change of each row (`table`), misses the newest events (`signal`) or ends
   * with a `QueueOverflowError` (`log`). Leaving the loop unsubscribes.
   */
  [Symbol.asyncIterator](): AsyncIterator<ItemOf<Def>, undefined>;
}

/** A subscription, with the current state where the channel's mode has one. */
export type Subscription<Def extends ChannelDef = ChannelDef> = BaseSubscription<Def> &
  (Def["mode"] extends "latest"
    ? {
        /** The newest value; `undefined` as long as there is none. */
        readonly value: PayloadOf<Def> | undefined;
      }
    : Def["mode"] extends "table"
      ? {
          /** The current rows by key. The map changes as events arrive. */
          readonly rows: ReadonlyMap<string, PayloadOf<Def>>;
        }
      : unknown);

/** What a channel takes as `params`; nothing where its definition names no schema for them. */
export type ParamsInputOf<Def extends ChannelDef> =
  Def extends ChannelDef<string, Def["mode"], Def["payload"], infer P>
    ? unknown extends InputOf<P>
      ? never
      : InputOf<P>
    : never;

/** Options every mode takes. */
export interface CommonSubscribeOptions<Def extends ChannelDef> {
  /** At most so many events a second, 0 excluded. Handles on one channel share the highest. */
  readonly maxRate?: number;
  /** Checked by the channel's own schema. Handles on one channel must agree on them. */
  readonly params?: ParamsInputOf<Def>;
  /** Most events of a `log` or `signal` that wait for a `for await` loop, 1,000 by default. */
  readonly bufferSize?: number;
}

/** Options of a subscribe; `rewind` and `since` exist where events are kept. */
export type SubscribeOptions<Def extends ChannelDef = ChannelDef> = CommonSubscribeOptions<Def> &
  (Def["mode"] extends "log"
    ? {
        /** Start with the last so many events, as replayed ones. */
        readonly rewind?: number;
        /** Start after a position stored earlier, such as {@link BaseSubscription.position}. Wins over `rewind`. */
        readonly since?: Position;
      }
    : unknown);

/** The registry's side of a handle. */
export interface Handle extends Reader {
  cursor: number | undefined;
  since?: Position | undefined;
  deliver(delivery: Delivery): void;
  recovered(recovery: Recovery): void;
  /** The connection is gone. */
  stale(): void;
  /** Tells of a problem, here or, when nobody listens here, on the client. */
  report(error: TocsinError): void;
  /** Fails whoever waits, in a loop or for `ready`, and tells whoever listens here. */
  fail(error: TocsinError): void;
  end(error?: TocsinError): void;
}

/** Options as the registry sees them. */
export interface HandleOptions {
  readonly rewind?: number | undefined;
  readonly since?: Position | undefined;
  readonly maxRate?: number | undefined;
  readonly bufferSize?: number | undefined;
}

export interface HandleContext {
  readonly ref: ChannelRef;
  readonly options: HandleOptions;
  readonly values: ReadonlyMap<string, unknown>;
  readonly positionOf: (handle: Handle) => Position | undefined;
  /** Tells the registry that the user is done with this handle. */
  readonly leave: (handle: Handle) => void;
  /** Takes errors nobody listens for on the handle itself. */
  readonly onError: (error: TocsinError) => void;
}

/** Makes the two sides of one handle. */
export function createSubscription<Def extends ChannelDef>({
  ref,
  options,
  values,
  positionOf,
  leave,
  onError,
}: HandleContext): { readonly handle: Handle; readonly subscription: Subscription<Def> } {
  const { mode, name } = ref;
  const emitter = createEmitter<SubscriptionEvents<unknown>>((cause) =>
    onError(new HandlerError(`a handler of ${name} threw`, { cause })),
  );
  const queues = new Set<Queue<unknown>>();
  let state: SubscriptionState = "pending";
  let settle: (error?: TocsinError) => void = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  ready.catch(() => {}); // also told by an error event; nobody has to await this

  function become(next: SubscriptionState): void {
    if (state === next || state === "ended") return;
    state = next;
    emitter.emit("state", next);
  }

  const handle: Handle = {
    ...options,
    cursor: undefined,
    deliver({ item, meta }) {
      for (const queue of queues) queue.push(item);
      emitter.emit("event", item, meta);
    },
    recovered(recovery) {
      settle();
      become("live");
      emitter.emit("recovery", recovery);
    },
    stale() {
      if (state === "live") become("stale");
    },
    report(error) {
      if (emitter.hears("error")) emitter.emit("error", error);
      else onError(error);
    },
    fail(error) {
      settle(error);
      for (const queue of queues) queue.end(error);
      queues.clear();
      emitter.emit("error", error);
    },
    end(error) {
      if (state === "ended") return;
      if (error && !emitter.hears("error")) onError(error);
      if (error) handle.fail(error);
      settle(new AbortedError(`${name} was unsubscribed before the first answer`));
      become("ended");
      for (const queue of queues) queue.end();
      queues.clear();
      emitter.clear();
    },
  };

  const unsubscribe = () => {
    handle.end();
    leave(handle);
  };

  const subscription = {
    on: emitter.on,
    off: emitter.off,
    channel: name,
    ready,
    unsubscribe,
    get state() {
      return state;
    },
    get position() {
      return positionOf(handle);
    },
    get value() {
      return values.get(ONLY);
    },
    get rows() {
      return values;
    },
    [Symbol.asyncIterator]() {
      const queue = createQueue<unknown>(
        {
          keyOf: conflationKey(mode),
          // the rows themselves are the limit of a table
          limit: mode === "table" ? Number.POSITIVE_INFINITY : (options.bufferSize ?? 1_000),
          overflow: mode === "signal" ? "drop-newest" : "fail",
        },
        unsubscribe,
      );
      if (state === "ended") queue.end();
      else queues.add(queue);
      if (handle.cursor !== undefined) {
        for (const [key, value] of values) {
          queue.push(mode === "table" ? { type: "set", key, row: value } : value);
        }
      }
      return queue;
    },
  };
  // The getters of all modes are there at run time; the type shows those that mean something on this channel.
  return { handle, subscription: disposable(subscription, unsubscribe) as Subscription<Def> };
}

function conflationKey(mode: ChannelRef["mode"]): (item: unknown) => unknown {
  if (mode === "latest") return () => ONLY;
  if (mode !== "table") return () => undefined;
  return (item) => (item as { readonly key: string }).key;
}
