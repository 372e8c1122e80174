import type { Server } from "node:http";
import type {
  AnyContract,
  ChannelRef,
  CloseCode,
  PayloadInputOf,
  PresenceMember,
} from "@tocsin/protocol";
import type { ConnectionManager } from "../connection/connection-manager.js";
import type { Principal, UpgradeInfo } from "../inbound/policy.js";
import type { Rejections } from "../inbound/rejections.js";
import type { Published } from "../publish/published.js";
import type { PublishOptions } from "../publish/publisher.js";
import type { HistoryPage, HistoryQuery } from "../store/history-store.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";
import type { Attachment, AttachOptions, Gate } from "../ws/attach.js";
import type { CloseOptions } from "./drain.js";
import type { Nodes } from "./nodes/nodes.js";
import type { ClientInfo, HubStats } from "./stats.js";
import type { DisconnectTarget } from "./target.js";

/** Whether a hub should get traffic. */
export interface HubHealth {
  /** Neither draining nor cut off from the other nodes. */
  readonly ok: boolean;
  readonly draining: boolean;
  /** While it is `"down"`, readers here may not hear of what other nodes publish. */
  readonly broker: "up" | "down";
}

/** What a publish over HTTP asks for. */
export interface RemotePublish {
  readonly channel: string;
  readonly data: unknown;
  readonly key?: string;
}

/** Server side of a contract: accepts sockets, keeps subscriptions, delivers what is published. */
export interface Hub<C extends AnyContract = AnyContract> extends AsyncDisposable {
  /** What it was made from. */
  readonly contract: C;
  /** All nodes that share the broker: a user may have connections on several of them. */
  readonly nodes: Nodes;
  /** The open connections of this node. */
  readonly connections: ConnectionManager;
  /** Who reads what on this node. */
  readonly subscriptions: SubscriptionManager;
  /** What was turned away, counted and logged. Routes of your own beside the socket may tell it what they turn away. */
  readonly rejections: Rejections;
  /** Where a transport of your own brings its sockets; {@link Hub.attach} does it for `ws`. */
  readonly gate: Gate;
  /** Accepts WebSockets on a `node:http` or `node:https` server, at `path` (default `"/ws"`). */
  attach(server: Pick<Server, "on" | "off" | "listenerCount">, options?: AttachOptions): Attachment;
  /**
   * Publishes one event. Resolves when the history store has it.
   *
   * @throws InvalidPublishError when the data does not fit the channel's schema.
   * @throws PublishFailedError when a store could not take it, or did not say so in time. With a `key` trying again is
   * safe; without one an event that was stored all the same would be there twice.
   */
  publish<Ref extends ChannelRef>(
    channel: Ref,
    data: PayloadInputOf<Ref["def"]>,
    options?: PublishOptions,
  ): Promise<Published>;
  /** Takes one row out of a table. */
  remove<Ref extends ChannelRef>(channel: Ref, key: string | number): Promise<Published>;
  /** Reads what a channel keeps. */
  read(channel: ChannelRef, query?: HistoryQuery): Promise<HistoryPage>;
  /** Who is on a channel that has presence. */
  members(channel: ChannelRef): Promise<readonly PresenceMember[]>;
  /** Checks a token the way an `auth` message is checked; for HTTP routes beside the socket. */
  authenticate(token: string | undefined, request: UpgradeInfo): Promise<Principal | null>;
  /**
   * Publishes for a client that came over HTTP: with the same checks, in the same order, as over the socket.
   *
   * @throws Refused with the code of an `error` message.
   */
  publishFor(principal: Principal | undefined, request: RemotePublish): Promise<Published>;
  /** What it has done since it started. */
  stats(): HubStats;
  /** The open connections of this node, as an operator sees them. */
  clients(): readonly ClientInfo[];
  /** Whether it should get traffic: not while it drains, nor while its broker is away. */
  health(): HubHealth;
  /** Ends connections on this node; returns how many. {@link Nodes.disconnect} ends them everywhere. Default code 4503: do not come back. */
  disconnect(target: DisconnectTarget, code?: CloseCode, reason?: string): number;
  /**
   * Ends subscriptions to one channel on this node; returns how many. The clients are told `reason` and do not come
   * back to the channel by themselves, their connections stay. Nothing keeps them from asking again but `authorize`.
   */
  unsubscribe(channel: ChannelRef, target: DisconnectTarget, reason?: string): number;
  /**
   * Stops: fails its health, turns new sockets away, sends clients elsewhere spread over `drainWithin`, then
   * closes the stores it made itself. Stores that were handed in stay open. Harmless when repeated.
   */
  close(options?: CloseOptions): Promise<void>;
}
