import { MIN_TOMBSTONES } from "../store/table-memory.js";

/** NOTIFY takes less than 8,000 bytes. */
const MOST_NOTIFY_BYTES = 7_900;

/** A payload of the broker is fetched within so many milliseconds, or never. */
const PAYLOAD_MS = 60_000;

/**
 * The functions the stores call: one round trip and one transaction each. They are put anew by every migration, so
 * they have no versions. Times are milliseconds since 1970; a `p_now` of null is the clock of the server.
 */
export function functions(s: string): string {
  return `
  CREATE OR REPLACE FUNCTION ${s}.now_ms(p_now float8) RETURNS float8 LANGUAGE sql VOLATILE AS
  $$ SELECT coalesce(p_now, floor(extract(epoch FROM clock_timestamp()) * 1000)::float8) $$;

  -- The timeline changes when a standby takes over and when a backup is restored to a moment: both may lack the last
  -- events. So it is a part of every epoch, unless no such server can lack any.
  CREATE OR REPLACE FUNCTION ${s}.lineage(p_named boolean) RETURNS text LANGUAGE plpgsql STABLE AS $$
  BEGIN
    IF NOT p_named THEN RETURN ''; END IF;
    RETURN '.' || ltrim(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), '0');
  END $$;

  -- Drops the oldest events of a log while there are too many, too many bytes, or they are too old. Only from the
  -- front: an event that a wrong clock dated back is kept as long as the ones before it, for a hole would be a loss
  -- that 'complete' cannot tell.
  CREATE OR REPLACE FUNCTION ${s}.shorten(ch ${s}.channels, p_size float8, p_bytes float8, p_at float8)
  RETURNS ${s}.channels LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    first record;
    before bigint := ch.complete;
  BEGIN
    FOR first IN
      SELECT e."offset", e.stamp, octet_length(e.entry) AS bytes FROM ${s}.entries e
      WHERE e.channel = ch.id AND e."offset" > ch.complete ORDER BY e."offset"
    LOOP
      ch.oldest := first.stamp;
      EXIT WHEN NOT (ch.newest - ch.complete > p_size OR ch.bytes > p_bytes OR ch.oldest + ch.ttl_ms <= p_at);
      ch.complete := first."offset";
      ch.bytes := ch.bytes - first.bytes;
    END LOOP;
    DELETE FROM ${s}.entries e
    WHERE e.channel = ch.id AND e."offset" > before AND e."offset" <= ch.complete;
    RETURN ch;
  END $$;

  CREATE OR REPLACE FUNCTION ${s}.forget(ch ${s}.channels) RETURNS ${s}.channels LANGUAGE plpgsql VOLATILE AS $$
  BEGIN
    DELETE FROM ${s}.entries WHERE channel = ch.id;
    DELETE FROM ${s}.rows WHERE channel = ch.id;
    ch.epoch := gen_random_uuid()::text;
    ch.newest := 0; ch.complete := 0; ch.bytes := 0; ch.living := 0; ch.removed := 0; ch.value := NULL;
    RETURN ch;
  END $$;

  -- Puts or removes a row, and bounds how many removed ones are remembered.
  CREATE OR REPLACE FUNCTION ${s}.put_row(ch ${s}.channels, p_key text, p_removed boolean, p_entry text)
  RETURNS ${s}.channels LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    was boolean;
    surplus bigint;
  BEGIN
    SELECT r.removed INTO was FROM ${s}.rows r WHERE r.channel = ch.id AND r.key = p_key;
    INSERT INTO ${s}.rows AS r (channel, key, "offset", removed, entry)
    VALUES (ch.id, p_key, ch.newest, p_removed, p_entry)
    ON CONFLICT (channel, key) DO UPDATE SET "offset" = excluded."offset", removed = excluded.removed,
      entry = excluded.entry;
    ch.living := ch.living + (NOT p_removed)::int - coalesce((NOT was)::int, 0);
    ch.removed := ch.removed + p_removed::int - coalesce(was::int, 0);
    surplus := ch.removed - greatest(ch.living, ${MIN_TOMBSTONES});
    IF surplus > 0 THEN
      SELECT max(old."offset") INTO ch.complete FROM (
        SELECT r."offset" FROM ${s}.rows r WHERE r.channel = ch.id AND r.removed
        ORDER BY r."offset" LIMIT surplus
      ) old;
      DELETE FROM ${s}.rows r WHERE r.channel = ch.id AND r.removed AND r."offset" <= ch.complete;
      ch.removed := ch.removed - surplus;
    END IF;
    RETURN ch;
  END $$;

  -- Appends to one channel, whose row is locked meanwhile: so offsets have no holes, whoever appends.
  CREATE OR REPLACE FUNCTION ${s}.append(
    p_name text, p_mode text, p_size float8, p_ttl float8, p_bytes float8, p_now float8, p_named boolean,
    p_stamps float8[], p_entries text[], p_keys text[], p_removed boolean[], p_once text[], p_windows float8[]
  ) RETURNS TABLE (o_epoch text, o_offset bigint, o_duplicate boolean) LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    ch ${s}.channels;
    at float8;
    lineage text := ${s}.lineage(p_named);
    known record;
  BEGIN
    SELECT c.* INTO ch FROM ${s}.channels c WHERE c.name = p_name FOR UPDATE;
    IF NOT FOUND THEN
      INSERT INTO ${s}.channels (name, mode, epoch, ttl_ms)
      SELECT p_name, p_mode, set.value, p_ttl FROM ${s}.settings set WHERE set.name = 'epoch'
      ON CONFLICT (name) DO NOTHING;
      SELECT c.* INTO STRICT ch FROM ${s}.channels c WHERE c.name = p_name FOR UPDATE;
    END IF;
    at := ${s}.now_ms(p_now);
    FOR i IN 1 .. cardinality(p_entries) LOOP
      IF p_once[i] IS NOT NULL THEN
        SELECT o.epoch, o."offset" INTO known FROM ${s}.once o
        WHERE o.channel = ch.id AND o.key = p_once[i] AND o.ends > at;
        IF FOUND THEN
          o_epoch := known.epoch; o_offset := known."offset"; o_duplicate := true;
          RETURN NEXT;
          CONTINUE;
        END IF;
      END IF;
      IF ch.mode <> p_mode THEN
        -- Another mode makes it another channel: positions in the old one mean nothing in the new one.
        ch := ${s}.forget(ch);
        ch.mode := p_mode;
      END IF;
      ch.newest := ch.newest + 1;
      IF p_mode = 'log' THEN
        -- By the old time to live: what a reader saw gone does not come back.
        IF ch.newest - 1 > ch.complete AND ch.oldest + ch.ttl_ms <= at THEN
          ch := ${s}.shorten(ch, 'Infinity', 'Infinity', at);
        END IF;
        IF ch.newest - 1 = ch.complete THEN ch.oldest := p_stamps[i]; END IF;
        INSERT INTO ${s}.entries (channel, "offset", stamp, entry)
        VALUES (ch.id, ch.newest, p_stamps[i], p_entries[i]);
        ch.bytes := ch.bytes + octet_length(p_entries[i]);
        ch.ttl_ms := p_ttl;
        IF ch.newest - ch.complete > p_size OR ch.bytes > p_bytes OR ch.oldest + ch.ttl_ms <= at THEN
          ch := ${s}.shorten(ch, p_size, p_bytes, at);
        END IF;
      ELSIF p_mode = 'latest' THEN
        ch.value := p_entries[i];
      ELSE
        ch := ${s}.put_row(ch, p_keys[i], p_removed[i], p_entries[i]);
      END IF;
      o_epoch := ch.epoch || lineage; o_offset := ch.newest; o_duplicate := false;
      IF p_once[i] IS NOT NULL THEN
        INSERT INTO ${s}.once (channel, key, ends, epoch, "offset")
        VALUES (ch.id, p_once[i], at + p_windows[i], o_epoch, o_offset)
        ON CONFLICT (channel, key) DO UPDATE SET ends = excluded.ends, epoch = excluded.epoch,
          "offset" = excluded."offset";
      END IF;
      RETURN NEXT;
    END LOOP;
    UPDATE ${s}.channels c SET mode = ch.mode, epoch = ch.epoch, newest = ch.newest, complete = ch.complete,
      bytes = ch.bytes, oldest = ch.oldest, ttl_ms = ch.ttl_ms, living = ch.living, removed = ch.removed,
      value = ch.value
    WHERE c.id = ch.id;
  END $$;

  -- Reads a channel as of one moment, without writing: what is too old is left out, wherever it still lies. The
  -- first row is the channel, with its mode in the place of an entry.
  CREATE OR REPLACE FUNCTION ${s}.read(
    p_name text, p_after bigint, p_limit bigint, p_newest boolean, p_now float8, p_named boolean
  ) RETURNS TABLE (o_epoch text, o_complete bigint, o_offset bigint, o_entry text) LANGUAGE plpgsql STABLE AS $$
  DECLARE
    ch ${s}.channels;
    at float8 := ${s}.now_ms(p_now);
    after bigint := coalesce(p_after, 0);
    lineage text := ${s}.lineage(p_named);
    up text := CASE WHEN p_newest THEN 'DESC' ELSE 'ASC' END;
  BEGIN
    SELECT c.* INTO ch FROM ${s}.channels c WHERE c.name = p_name;
    IF NOT FOUND THEN
      RETURN QUERY SELECT set.value || lineage, 0::bigint, 0::bigint, NULL::text
        FROM ${s}.settings set WHERE set.name = 'epoch';
      RETURN;
    END IF;
    IF ch.mode = 'log' THEN
      IF ch.newest > ch.complete AND ch.oldest + ch.ttl_ms <= at THEN
        SELECT e."offset" - 1 INTO ch.complete FROM ${s}.entries e
        WHERE e.channel = ch.id AND e."offset" > ch.complete AND e.stamp + ch.ttl_ms > at
        ORDER BY e."offset" LIMIT 1;
        ch.complete := coalesce(ch.complete, ch.newest);
      END IF;
      after := greatest(after, ch.complete);
    END IF;
    o_epoch := ch.epoch || lineage; o_complete := ch.complete; o_offset := ch.newest; o_entry := ch.mode;
    RETURN NEXT;
    IF ch.mode = 'latest' THEN
      IF ch.newest > after AND p_limit IS DISTINCT FROM 0 THEN
        o_entry := ch.value;
        RETURN NEXT;
      END IF;
    ELSIF ch.mode = 'log' THEN
      RETURN QUERY EXECUTE 'SELECT NULL::text, NULL::bigint, "offset", entry FROM ${s}.entries
        WHERE channel = $1 AND "offset" > $2 ORDER BY "offset" ' || up || ' LIMIT $3'
        USING ch.id, after, p_limit;
    ELSE
      RETURN QUERY EXECUTE 'SELECT NULL::text, NULL::bigint, "offset", entry FROM ${s}.rows
        WHERE channel = $1 AND "offset" > $2 AND ($4 OR NOT removed) ORDER BY "offset" ' || up || ' LIMIT $3'
        USING ch.id, after, p_limit, p_after IS NOT NULL;
    END IF;
  END $$;

  -- Clears away what is over: events of some quiet logs, idempotency keys, payloads. Answers how far it came.
  CREATE OR REPLACE FUNCTION ${s}.sweep(p_after bigint, p_now float8) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    ch ${s}.channels;
    at float8 := ${s}.now_ms(p_now);
    last bigint := 0;
  BEGIN
    FOR ch IN
      SELECT c.* FROM ${s}.channels c WHERE c.id > p_after AND c.mode = 'log'
      ORDER BY c.id LIMIT 64 FOR UPDATE SKIP LOCKED
    LOOP
      last := ch.id;
      IF ch.newest > ch.complete AND ch.oldest + ch.ttl_ms <= at THEN
        ch := ${s}.shorten(ch, 'Infinity', 'Infinity', at);
        UPDATE ${s}.channels c SET complete = ch.complete, bytes = ch.bytes, oldest = ch.oldest WHERE c.id = ch.id;
      END IF;
    END LOOP;
    DELETE FROM ${s}.once WHERE ctid = ANY (ARRAY(
      SELECT o.ctid FROM ${s}.once o WHERE o.ends <= at ORDER BY o.ends LIMIT 1000 FOR UPDATE SKIP LOCKED));
    DELETE FROM ${s}.payloads WHERE ctid = ANY (ARRAY(
      SELECT p.ctid FROM ${s}.payloads p WHERE p.at <= ${s}.now_ms(NULL) - ${PAYLOAD_MS}
      ORDER BY p.id LIMIT 1000 FOR UPDATE SKIP LOCKED));
    RETURN last;
  END $$;

  -- Hands a message to those who listen: itself, or where it lies.
  CREATE OR REPLACE FUNCTION ${s}.announce(p_topic text, p_head text, p_body text) RETURNS void
  LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    place bigint;
  BEGIN
    IF octet_length(p_head) + octet_length(p_body) < ${MOST_NOTIFY_BYTES} THEN
      PERFORM pg_notify(p_topic, p_head || '=' || p_body);
      RETURN;
    END IF;
    INSERT INTO ${s}.payloads (at, body) VALUES (${s}.now_ms(NULL), p_body) RETURNING id INTO place;
    PERFORM pg_notify(p_topic, p_head || '@' || place);
    IF place % 64 = 0 THEN
      DELETE FROM ${s}.payloads WHERE ctid = ANY (ARRAY(
        SELECT p.ctid FROM ${s}.payloads p WHERE p.at <= ${s}.now_ms(NULL) - ${PAYLOAD_MS}
        ORDER BY p.id LIMIT 256 FOR UPDATE SKIP LOCKED));
    END IF;
  END $$;

  CREATE OR REPLACE FUNCTION ${s}.claim(p_key text, p_ttl float8, p_token text, p_now float8)
  RETURNS TABLE (o_won boolean, o_value text) LANGUAGE plpgsql VOLATILE AS $$
  DECLARE
    at float8 := ${s}.now_ms(p_now);
  BEGIN
    o_won := false;
    SELECT c.value INTO o_value FROM ${s}.claims c WHERE c.key = p_key AND c.ends > at;
    IF FOUND THEN
      RETURN NEXT;
      RETURN;
    END IF;
    INSERT INTO ${s}.claims AS c (key, ends, token, value) VALUES (p_key, at + p_ttl, p_token, NULL)
    ON CONFLICT (key) DO UPDATE SET ends = excluded.ends, token = excluded.token, value = NULL
      WHERE c.ends <= at;
    o_won := FOUND;
    IF o_won THEN
      -- More than one, so that the table shrinks to the living ones.
      DELETE FROM ${s}.claims WHERE ctid = ANY (ARRAY(
        SELECT c.ctid FROM ${s}.claims c WHERE c.ends <= at ORDER BY c.ends LIMIT 4 FOR UPDATE SKIP LOCKED));
    ELSE
      SELECT c.value INTO o_value FROM ${s}.claims c WHERE c.key = p_key;
    END IF;
    RETURN NEXT;
  END $$;
  `;
}
