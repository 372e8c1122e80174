import type { PresenceMember } from "@tocsin/protocol";

/** Knows who is on a channel, on every node. An entry that is not renewed expires, so a dead node's members leave. */
export interface PresenceStore extends AsyncDisposable {
  /** How long an entry lives without renewal, in milliseconds. A hub renews at a third of it. */
  readonly ttlMs: number;
  /** Adds or renews one member. Joining twice is one membership. */
  join(channel: string, member: PresenceMember): Promise<void>;
  /** Removes a member; harmless when it is not there. */
  leave(channel: string, clientId: string): Promise<void>;
  /** The living members, in the order of `since`, then of `clientId`. */
  members(channel: string): Promise<readonly PresenceMember[]>;
}
