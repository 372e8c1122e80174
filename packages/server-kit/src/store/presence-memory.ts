import type { PresenceMember } from "@tocsin/protocol";
import type { PresenceStore } from "./presence-store.js";

/** Settings of {@link memoryPresenceStore}. */
export interface MemoryPresenceOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** How long an entry lives without renewal, in milliseconds. Default 60,000. */
  readonly ttlMs?: number;
}

interface Entry {
  readonly member: PresenceMember;
  readonly expiresAt: number;
}

/** Knows who is on a channel within this process. A renewal replaces what was said of the member before. */
export function memoryPresenceStore({
  now = Date.now,
  ttlMs = 60_000,
}: MemoryPresenceOptions = {}): PresenceStore {
  const channels = new Map<string, Map<string, Entry>>();
  let sweep = channels.entries();

  function prune(name: string, entries: Map<string, Entry>, at: number): void {
    for (const [clientId, { expiresAt }] of entries) {
      if (expiresAt > at) return; // every join goes last and has the same lifetime: the rest is younger
      entries.delete(clientId);
    }
    channels.delete(name);
  }

  /** Nobody may ever ask for a channel again: each join looks at one besides its own. */
  function pruneNext(at: number): void {
    let next = sweep.next();
    if (next.done) {
      sweep = channels.entries();
      next = sweep.next();
    }
    if (!next.done) prune(...next.value, at);
  }

  return {
    ttlMs,
    async join(name, member) {
      const at = now();
      const entries = channels.get(name) ?? new Map<string, Entry>();
      channels.set(name, entries);
      entries.delete(member.clientId);
      entries.set(member.clientId, { member, expiresAt: at + ttlMs });
      pruneNext(at);
    },
    async leave(name, clientId) {
      const entries = channels.get(name);
      if (entries?.delete(clientId) && entries.size === 0) channels.delete(name);
    },
    async members(name) {
      const entries = channels.get(name);
      if (!entries) return [];
      const at = now();
      prune(name, entries, at);
      return [...entries.values()]
        .filter(({ expiresAt }) => expiresAt > at)
        .map(({ member }) => member)
        .sort(bySinceThenClient);
    },
    async [Symbol.asyncDispose]() {
      channels.clear();
    },
  } satisfies PresenceStore;
}

function bySinceThenClient(a: PresenceMember, b: PresenceMember): number {
  if (a.since !== b.since) return a.since - b.since;
  return a.clientId < b.clientId ? -1 : Number(a.clientId > b.clientId);
}
