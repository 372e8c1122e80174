import type { PresenceMember } from "@tocsin/protocol";
import { bySinceThenClient } from "../store/presence-memory.js";
import type { PresenceStore } from "../store/presence-store.js";
import { token } from "./names.js";
import type { Nats } from "./open-nats.js";

/** Settings of {@link natsPresenceStore}. */
export interface NatsPresenceOptions {
  /** Milliseconds since 1970. Default: `Date.now`. The clocks of the nodes should agree. */
  readonly now?: () => number;
}

interface Entry {
  readonly ends: number;
  readonly member: PresenceMember;
}

/**
 * Knows who is on a channel, on every node, from a bucket of JetStream KV. Members of a node that died are gone
 * `presenceTtlMs` after their last renewal, and their keys leave the bucket a little later.
 */
export function natsPresenceStore(
  { members, link, presenceTtlMs }: Nats,
  { now = Date.now }: NatsPresenceOptions = {},
): PresenceStore {
  const key = (channel: string, client: string) => `${token(channel)}.${token(client)}`;
  return {
    ttlMs: presenceTtlMs,
    async join(channel, member) {
      const entry: Entry = { ends: now() + presenceTtlMs, member };
      await link.ask(() => members.put(key(channel, member.clientId), JSON.stringify(entry)));
    },
    async leave(channel, clientId) {
      await link.ask(() => members.delete(key(channel, clientId)));
    },
    async members(channel) {
      const list = await link.ask(async () => {
        const found: PresenceMember[] = [];
        for await (const one of await members.history({ key: `${token(channel)}.*` })) {
          if (one.operation !== "PUT") continue;
          const { ends, member } = one.json<Entry>();
          if (ends > now()) found.push(member);
        }
        return found;
      });
      return list.sort(bySinceThenClient);
    },
    async [Symbol.asyncDispose]() {},
  } satisfies PresenceStore;
}
