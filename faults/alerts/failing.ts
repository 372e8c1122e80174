import type { AlertSink, AlertStore } from "@tocsin/server-kit/alerts";
import type { SqliteDatabase } from "kysely";
import type { Pass } from "./points.js";

/** A database that passes the points within and right after a transaction. */
export function failingDatabase(database: SqliteDatabase, pass: Pass): SqliteDatabase {
  let wrote = false;
  const ran = (statement: string) => {
    if (statement.startsWith("begin")) wrote = false;
    if (statement.startsWith('select * from "alert_causes"')) pass("dedup");
    if (statement.startsWith('insert into "alert_notifications"')) {
      wrote = true;
      pass("persist");
    }
    // Other transactions commit too; this is about those that tell somebody.
    if (statement.startsWith("commit") && wrote) pass("commit");
  };
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = database.prepare(text);
      return {
        reader: statement.reader,
        all(parameters) {
          const rows = statement.all(parameters);
          ran(text);
          return rows;
        },
        run(parameters) {
          const result = statement.run(parameters);
          ran(text);
          return result;
        },
        iterate: (parameters) => statement.iterate(parameters),
      };
    },
  };
}

/** A store that passes the points before it is asked to store, and after it has noted what arrived. */
export function failingStore(store: AlertStore, pass: Pass): AlertStore {
  return {
    ...store,
    record(transitions, lease) {
      if (transitions.some(({ type }) => type === "fired")) pass("evaluate");
      return store.record(transitions, lease);
    },
    async delivered(ids) {
      await store.delivered(ids);
      pass("ack");
    },
  };
}

/** A sink that passes the point at which the other side has it and nobody here knows. */
export function failingSink(sink: AlertSink, pass: Pass): AlertSink {
  return {
    ...sink,
    async deliver(delivery, signal) {
      await sink.deliver(delivery, signal);
      pass("publish");
    },
  };
}
