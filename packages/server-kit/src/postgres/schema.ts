import { PostgresSettingsError } from "./errors.js";

/** The schema everything is in, unless it is said otherwise. */
const DEFAULT_SCHEMA = "tocsin";

/** The schema's name, which goes into queries as it is. @throws {@link PostgresSettingsError} when it cannot. */
export function schemaName(schema: string = DEFAULT_SCHEMA): string {
  if (/^[a-z_][a-z0-9_]{0,39}$/.test(schema)) return schema;
  throw new PostgresSettingsError(
    `schema "${schema}" must be at most 40 lower-case letters, digits and underscores, beginning with a letter`,
  );
}

/** Rises with every step of {@link migrations}. */
export const SCHEMA_VERSION = 1;

/**
 * What each version added. Names are JSON text without its quotes, which has a form for every string; `COLLATE "C"`
 * compares them byte by byte.
 */
export function migrations(s: string): readonly string[] {
  return [
    `
    CREATE TABLE ${s}.channels (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      mode text NOT NULL,
      epoch text NOT NULL,
      newest bigint NOT NULL DEFAULT 0,
      complete bigint NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      oldest double precision NOT NULL DEFAULT 0,
      ttl_ms double precision NOT NULL DEFAULT 0,
      living bigint NOT NULL DEFAULT 0,
      removed bigint NOT NULL DEFAULT 0,
      value text
    ) WITH (fillfactor = 70);
    CREATE TABLE ${s}.entries (
      channel bigint NOT NULL,
      "offset" bigint NOT NULL,
      stamp double precision NOT NULL,
      entry text NOT NULL,
      PRIMARY KEY (channel, "offset")
    );
    CREATE TABLE ${s}.rows (
      channel bigint NOT NULL,
      key text COLLATE "C" NOT NULL,
      "offset" bigint NOT NULL,
      removed boolean NOT NULL,
      entry text NOT NULL,
      PRIMARY KEY (channel, key)
    );
    CREATE INDEX rows_offset ON ${s}.rows (channel, "offset");
    CREATE INDEX rows_removed ON ${s}.rows (channel, "offset") WHERE removed;
    CREATE TABLE ${s}.once (
      channel bigint NOT NULL,
      key text COLLATE "C" NOT NULL,
      ends double precision NOT NULL,
      epoch text NOT NULL,
      "offset" bigint NOT NULL,
      PRIMARY KEY (channel, key)
    );
    CREATE INDEX once_ends ON ${s}.once (ends);
    CREATE TABLE ${s}.claims (
      key text COLLATE "C" PRIMARY KEY,
      ends double precision NOT NULL,
      token text NOT NULL,
      value text
    );
    CREATE INDEX claims_ends ON ${s}.claims (ends);
    CREATE TABLE ${s}.members (
      channel text COLLATE "C" NOT NULL,
      client text COLLATE "C" NOT NULL,
      ends double precision NOT NULL,
      member text NOT NULL,
      PRIMARY KEY (channel, client)
    );
    CREATE INDEX members_ends ON ${s}.members (ends);
    -- What is too long for NOTIFY, for the moment it takes to be fetched. A crash may take it: so may it take what
    -- NOTIFY carries.
    CREATE UNLOGGED TABLE ${s}.payloads (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at double precision NOT NULL,
      body text NOT NULL
    );
    `,
  ];
}
