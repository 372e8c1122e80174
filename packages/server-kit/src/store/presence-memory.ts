import type { PresenceMember } from "@tocsin/protocol";
import { type Expiring, expiryQueue } from "./expiry-memory.js";
import type { PresenceStore } from "./presence-store.js";

/** Settings of {@link memoryPresenceStore}. */
export interface MemoryPresenceOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** How long an entry lives without renewal, in milliseconds. Default 60,000. */
  readonly ttlMs?: number;
}

interface Membership extends Expiring {
  readonly channel: string;
  readonly member: PresenceMember;
}

/** Knows who is on a channel within this process. A renewal replaces what was said of the member before. */
export function memoryPresenceStore({
  now = Date.now,
  ttlMs = 60_000,
}: MemoryPresenceOptions = {}): PresenceStore {
  const channels = new Map<string, Map<string, Membership>>();
  // Renewed memberships are in it once for each renewal of the last `ttlMs`; only the newest one counts.
  const byEnd = expiryQueue<Membership>();

  function leave(channel: string, clientId: string): void {
    const members = channels.get(channel);
    if (members?.delete(clientId) && members.size === 0) channels.delete(channel);
  }

  function dropExpired(at: number): void {
    for (let item = byEnd.takeExpired(at); item; item = byEnd.takeExpired(at)) {
      const { channel, member } = item;
      if (channels.get(channel)?.get(member.clientId) === item) leave(channel, member.clientId);
    }
  }

  return {
    ttlMs,
    async join(channel, member) {
      const at = now();
      dropExpired(at);
      const membership: Membership = { channel, member, expiresAt: at + ttlMs };
      const members = channels.get(channel) ?? new Map<string, Membership>();
      channels.set(channel, members.set(member.clientId, membership));
      byEnd.add(membership);
    },
    async leave(channel, clientId) {
      leave(channel, clientId);
    },
    async members(channel) {
      dropExpired(now());
      const members = [...(channels.get(channel)?.values() ?? [])].map(({ member }) => member);
      return members.sort(bySinceThenClient);
    },
    async [Symbol.asyncDispose]() {
      channels.clear();
      byEnd.retain(() => false);
    },
  } satisfies PresenceStore;
}

/** The order in which members are listed. */
export function bySinceThenClient(a: PresenceMember, b: PresenceMember): number {
  if (a.since !== b.since) return a.since - b.since;
  return a.clientId < b.clientId ? -1 : Number(a.clientId > b.clientId);
}
