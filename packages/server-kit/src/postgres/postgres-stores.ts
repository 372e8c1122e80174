import { type Logger, silentLogger } from "../logger.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import { type PostgresBroker, postgresBroker } from "./broker-postgres.js";
import { postgresDedupStore } from "./dedup-postgres.js";
import {
  type PostgresHistoryOptions,
  type PostgresHistoryStore,
  postgresHistoryStore,
} from "./history-postgres.js";
import type { Postgres } from "./open-postgres.js";
import { postgresPresenceStore } from "./presence-postgres.js";

/** Settings of {@link postgresStores}. */
export interface PostgresStoresOptions
  extends Pick<PostgresHistoryOptions, "maxLogBytes" | "maxPending"> {
  /** How long a member of a channel is listed without renewal, in milliseconds. Default 60,000. */
  readonly presenceTtlMs?: number;
  /** Told of lost connections, listeners that throw and messages that are no events. Default: silent. */
  readonly logger?: Logger;
}

/** Everything a hub can keep in PostgreSQL. Give it to `createHub` as it is, and dispose of it after the hub. */
export interface PostgresStores extends AsyncDisposable {
  readonly history: PostgresHistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
  readonly broker: PostgresBroker;
}

/** Makes all four on one database. Make them once for each `openPostgres`. */
export function postgresStores(
  postgres: Postgres,
  { presenceTtlMs = 60_000, logger = silentLogger, ...options }: PostgresStoresOptions = {},
): PostgresStores {
  const { maxPending } = options;
  const history = postgresHistoryStore(postgres, options);
  const broker = postgresBroker(postgres, {
    logger,
    ...(maxPending !== undefined && { maxPending }),
  });
  return {
    history,
    dedup: postgresDedupStore(postgres),
    presence: postgresPresenceStore(postgres, { ttlMs: presenceTtlMs }),
    broker,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      await history[Symbol.asyncDispose]();
    },
  };
}
