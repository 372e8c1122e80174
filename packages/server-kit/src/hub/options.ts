import type {
  AnyContract,
  ChannelDef,
  Codec,
  definition,
  MethodsOf,
  OutputOf,
  PayloadOf,
} from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import type { HeartbeatSettings } from "../connection/heartbeat.js";
import type { UpgradeInfo } from "../connection/principal.js";
import type { MethodHandlersOf } from "../inbound/methods.js";
import type { Authenticate, Authorize } from "../inbound/policy.js";
import type { HubLimits } from "../limits.js";
import type { Logger } from "../logger.js";
import type { Broker } from "../store/broker.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { HistoryStore } from "../store/history-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { AllowedOrigins } from "../ws/origin.js";
import type { NodeSettings } from "./nodes/settings.js";

/** What a hub is made of. Only the contract is required; everything else has a safe default in memory. */
export type HubOptions<C extends AnyContract> = HubSettings<C> & MethodOptions<C>;

/** Handlers are required exactly where the contract has methods. */
type MethodOptions<C extends AnyContract> = keyof MethodsOf<C> extends never
  ? { readonly methods?: undefined }
  : { readonly methods: MethodHandlersOf<C> };

/**
 * For channels that take params: what a subscriber with these params sees of an event. It returns the data, in
 * the form the channel's schema describes, or `undefined` to leave the event out. Pure: its result is shared by
 * all subscribers with equal params, and asked for again when history is replayed.
 */
export type ViewsOf<C extends AnyContract> = {
  readonly [K in keyof ChannelsOf<C> as HasParams<ChannelsOf<C>[K]> extends true ? K : never]?: (
    data: PayloadOf<ChannelsOf<C>[K]>,
    params: ParamsOfSubscriber<ChannelsOf<C>[K]>,
  ) => PayloadOf<ChannelsOf<C>[K]> | undefined;
};

type ChannelsOf<C extends AnyContract> = C[typeof definition]["channels"];
type ParamsOfSubscriber<Def extends ChannelDef> = OutputOf<NonNullable<Def["params"]>>;
type HasParams<Def extends ChannelDef> = [ParamsOfSubscriber<Def>] extends [never] ? false : true;

/** What a hub is made of, its methods aside. Only the contract is required. */
export interface HubSettings<C extends AnyContract> {
  /** What both sides say to each other. */
  readonly contract: C;
  /** How params change what a subscriber sees. Default: they do not. */
  readonly views?: ViewsOf<C>;
  /** Says who a client is. Without it everybody is anonymous and nobody is asked. */
  readonly authenticate?: Authenticate;
  /** Says who may do what. Default: clients may read and call, but not publish. */
  readonly authorize?: Authorize;
  /** Default: this process only. */
  readonly broker?: Broker;
  /** Default: in memory, gone with the process. */
  readonly dedup?: DedupStore;
  /** Default: in memory; after a restart clients are told of a gap. */
  readonly history?: HistoryStore;
  /** Default: in memory, this process only. */
  readonly presence?: PresenceStore;
  readonly limits?: Partial<HubLimits>;
  /** Default: asked for a sign of life after 25 s, given up 8 s later. */
  readonly heartbeat?: Partial<HeartbeatSettings>;
  /**
   * The address a connection is counted under. Default: that of the socket. Behind a proxy every socket has
   * the proxy's own, so read the header which that proxy sets, and which it does not let clients set.
   */
  readonly clientAddress?: (request: UpgradeInfo) => string;
  /** Pages that may connect. Default `"same-host"`. */
  readonly origins?: AllowedOrigins;
  /** Formats spoken; the first one serves clients that name none. Default: JSON, MessagePack. */
  readonly codecs?: readonly Codec[];
  /** How it gets on with other nodes. They share `broker` and `history`. */
  readonly nodes?: Partial<NodeSettings>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Makes ids of clients and sessions. Default: random UUIDs. */
  readonly ids?: () => string;
  /** Random numbers in [0, 1), for spreading reconnects. Default: `Math.random`. */
  readonly random?: () => number;
}
