import type {
  AnyContract,
  ChannelDef,
  ChannelRef,
  MethodInput,
  MethodOutput,
  MethodsOf,
  PayloadInputOf,
  PayloadOf,
  Position,
  PresenceMember,
  TocsinError,
} from "@tocsin/protocol";
import type { TokenSource } from "./connection/driver.js";
import type { ConnectionState } from "./connection/public-state.js";
import type { Disposable } from "./dispose.js";
import type { GapReport } from "./errors.js";
import type { Listenable } from "./events.js";
import type { RequestOptions } from "./requests.js";
import type { SubscribeOptions, Subscription } from "./subscription/subscription.js";

/** Events of a client. */
export interface ClientEvents {
  /** Every change of the connection. */
  readonly state: readonly [state: ConnectionState];
  /** What went wrong and has no better place: of handlers, of frames, of subscriptions without an `error` handler. */
  readonly error: readonly [error: TocsinError];
  /** The server is about to go away; the client moves by itself. */
  readonly goaway: readonly [
    notice: { readonly reason: string; readonly reconnectAfterMs: number },
  ];
  /** A subscription missed events for good. Also told on the subscription itself, as a `recovery`. */
  readonly gap: readonly [gap: GapReport];
}

/** What the server made of a publish. */
export interface PublishResult extends Position {
  /** The key had been used before: nothing was published now, the position is that of the first time. */
  readonly duplicate: boolean;
}

/** Options of a publish. */
export interface PublishOptions extends RequestOptions {
  /** Idempotency key: however often it is sent, the event is published once. Default: one made for this call. */
  readonly key?: string;
}

/** Which events to read. */
export interface HistoryOptions extends RequestOptions {
  /** Only events after this position. */
  readonly since?: Position;
  /** At most so many. */
  readonly limit?: number;
  /** Newest first. */
  readonly reverse?: boolean;
}

/** Events of the past, and where the channel stands. */
export interface History<Payload> extends Position {
  readonly events: readonly {
    readonly offset: number;
    readonly data: Payload;
    /** Milliseconds since 1970 on the server's clock. */
    readonly publishedAt: number;
  }[];
}

/** One connection to a server, made on first need and kept up until `close()`. */
export interface Client<C extends AnyContract = AnyContract>
  extends Listenable<ClientEvents>,
    Disposable {
  readonly contract: C;
  readonly state: ConnectionState;
  /** Connects now, also after a stop. Resolves when live; rejects when that failed for good. */
  connect(): Promise<void>;
  /**
   * Subscribes to a channel, connecting if need be. Handles on one channel share one subscription of the server.
   *
   * @throws {@link InvalidPayloadError} when `params` do not fit the channel's schema for them
   * @throws {@link SubscriptionConflictError} when the channel is subscribed with other `params`
   * @throws {@link ClientClosedError}
   */
  subscribe<Def extends ChannelDef>(
    ref: ChannelRef<Def>,
    options?: SubscribeOptions<Def>,
  ): Subscription<Def>;
  /**
   * Publishes an event. Resolves when the server has stored it; sent again with the same key after a cut.
   * Rejects with {@link InvalidPayloadError}, {@link RequestError}, {@link RequestTimeoutError},
   * {@link QueueOverflowError}, {@link AbortedError} or why the connection is not coming back.
   */
  publish<Def extends ChannelDef>(
    ref: ChannelRef<Def>,
    data: PayloadInputOf<Def>,
    options?: PublishOptions,
  ): Promise<PublishResult>;
  /**
   * Calls a method. Rejects as `publish` does; a call that was under way when the connection broke is not repeated,
   * it rejects with a retryable {@link ConnectionClosedError} or {@link HeartbeatTimeoutError}.
   */
  call<Name extends keyof MethodsOf<C> & string>(
    name: Name,
    input: MethodInput<MethodsOf<C>[Name]>,
    options?: RequestOptions,
  ): Promise<MethodOutput<MethodsOf<C>[Name]>>;
  /** Reads stored events. */
  history<Def extends ChannelDef>(
    ref: ChannelRef<Def>,
    options?: HistoryOptions,
  ): Promise<History<PayloadOf<Def>>>;
  /** Who is on a channel. */
  presence(ref: ChannelRef, options?: RequestOptions): Promise<readonly PresenceMember[]>;
  /** Fetches a new token and authenticates with it, without a new connection where there is one. */
  refreshToken(): void;
  /** Replaces the token or its source, and uses it at once. Revives a client that was turned away. */
  setToken(token: TokenSource): void;
  /** Ends the connection, all subscriptions and all requests. Closing twice is harmless. */
  close(): Promise<void>;
}
