export { UnstorableDataError } from "../store/event-text.js";
export {
  type PostgresBroker,
  type PostgresBrokerOptions,
  postgresBroker,
} from "./broker-postgres.js";
export { type PostgresDedupOptions, postgresDedupStore } from "./dedup-postgres.js";
export {
  PostgresRefusedError,
  PostgresSettingsError,
  PostgresTimeoutError,
  PostgresUnavailableError,
} from "./errors.js";
export {
  type PostgresHistoryOptions,
  type PostgresHistoryStore,
  postgresHistoryStore,
} from "./history-postgres.js";
export { type MigratePostgresOptions, migratePostgres } from "./migrate.js";
export { type OpenPostgresOptions, openPostgres, type Postgres } from "./open-postgres.js";
export type {
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  Row,
  RunQuery,
} from "./pool.js";
export {
  type PostgresStores,
  type PostgresStoresOptions,
  postgresStores,
} from "./postgres-stores.js";
export { type PostgresPresenceOptions, postgresPresenceStore } from "./presence-postgres.js";
