import type {
  AnyContract,
  ChannelDef,
  ChannelRef,
  ClientMessage,
  ClientMessageOf,
  ServerMessage,
  ServerMessageOf,
} from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import type { Connection } from "../connection/connection.js";
import type { FanOut } from "../outbound/fan-out.js";
import type { Turn } from "../outbound/turn.js";
import type { Publisher } from "../publish/publisher.js";
import type { HistoryPage, HistoryStore } from "../store/history-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";
import type { Select } from "../subscription/view.js";
import type { MethodHandlers } from "./methods.js";
import type { Authorize } from "./policy.js";

/** What the handlers of client messages work with. */
export interface HandlerContext {
  readonly contract: AnyContract;
  readonly methods: MethodHandlers;
  readonly authorize: Authorize;
  /** How params change what a subscriber sees of a channel, where they do. */
  readonly views: ReadonlyMap<ChannelDef, Select>;
  readonly subscriptions: SubscriptionManager;
  readonly publisher: Publisher;
  readonly history: HistoryStore;
  /** The same for those who join, who may share what is read. */
  readonly joinReads: Pick<HistoryStore, "read">;
  readonly presence: PresenceStore;
  readonly fanOut: FanOut;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly maxChannels: number;
  readonly maxReplay: number;
  /** Hears how each subscription came to where it is. */
  readonly onJoined?: (outcome: ServerMessageOf<"subscribed">["recovery"]) => void;
  /** Resolves once events of the channel will arrive at this node. */
  wanted(channel: string): Promise<void>;
  /**
   * A reader begins after this page. `undefined` says that what is delivered from now on follows it; if not, the page
   * has to be read again once the promise is kept.
   */
  follow(channel: ChannelRef, page: HistoryPage): Promise<void> | undefined;
  /** The reader cannot take any more. */
  onOverflow(connection: Connection): void;
  /** Ends one subscription and tells its client why; the connection stays. */
  end(subscription: Subscription, reason: string): void;
  /** The reader's view or codec threw: this one subscription ends. */
  onReaderFailed(subscription: Subscription, error: unknown): void;
}

/** Handles one type of message: what it answers, or nothing where it has sent the answer itself. */
export type Handler<T extends ClientMessage["type"]> = (
  context: HandlerContext,
  connection: Connection,
  message: ClientMessageOf<T>,
) => Promise<ServerMessage | undefined>;
