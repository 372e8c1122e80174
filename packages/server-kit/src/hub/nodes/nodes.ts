import type { ChannelRef, CloseCode, PayloadInputOf } from "@tocsin/protocol";
import type { ClientInfo } from "../stats.js";
import type { DisconnectTarget } from "../target.js";

/** What became of something that was asked of every node. */
export interface Everywhere {
  /** How many connections or subscriptions it concerned, on the nodes that answered. */
  readonly count: number;
  /** The nodes that did not answer in time: what is there is not known, and a node that is alive may still do it. */
  readonly missing: readonly string[];
}

/** An open connection, and the node it is on. */
export interface ClientSomewhere extends ClientInfo {
  readonly node: string;
}

/** A node that is there. */
export interface NodeInfo {
  readonly name: string;
  /** When it started, milliseconds since 1970. */
  readonly since: number;
  readonly isThisOne: boolean;
}

/**
 * All nodes that share a broker. A hub without a broker of its own to share is the only one, and everything here is about
 * itself.
 */
export interface Nodes {
  /** What the others call this one. */
  readonly name: string;
  /** Those that were heard of lately, this one first. */
  list(): readonly NodeInfo[];
  /** The connections of a user, or one by its id, wherever they are; at most 1,000 of each node. */
  clients(
    target: DisconnectTarget,
  ): Promise<Everywhere & { readonly clients: readonly ClientSomewhere[] }>;
  /**
   * Sends a signal to those connections of a user that have subscribed to its channel, wherever they are, and to nobody
   * else. Like every signal it may be lost.
   *
   * @throws InvalidPublishError when the channel is no signal, or the data does not fit its schema.
   */
  send<Ref extends ChannelRef>(
    target: DisconnectTarget,
    channel: Ref,
    data: PayloadInputOf<Ref["def"]>,
  ): Promise<Everywhere>;
  /** Ends connections, wherever they are. Default code 4503: do not come back. */
  disconnect(target: DisconnectTarget, code?: CloseCode, reason?: string): Promise<Everywhere>;
  /** Ends subscriptions to one channel, wherever they are. */
  unsubscribe(channel: ChannelRef, target: DisconnectTarget, reason?: string): Promise<Everywhere>;
}
