import type { ChannelRef } from "@tocsin/protocol";
import type { Hub } from "@tocsin/server-kit";

/** The part of a hub that tables are published with. */
export type TableHub = Pick<Hub, "publish" | "remove">;

/** What stands in one table, so that only what changed is published. */
export interface TableChannel<Row extends object> {
  /** Makes these the rows: publishes new and changed ones, takes the others out. Rejects when some could not be. */
  sync(rows: ReadonlyMap<string, Row>): Promise<void>;
  /** Publishes these rows, changed or not. */
  push(rows: ReadonlyMap<string, Row>): Promise<void>;
}

/**
 * Publishes a table by its rows. A row that is the same object is the same row, so rows must never be changed once
 * handed in. What could not be published is tried again with the next rows.
 */
export function createTableChannel<Row extends object>(
  hub: TableHub,
  ref: ChannelRef,
): TableChannel<Row> {
  const standing = new Map<string, Row>();

  async function put(key: string, row: Row): Promise<void> {
    standing.set(key, row);
    try {
      await hub.publish(ref, row);
    } catch (error) {
      if (standing.get(key) === row) standing.delete(key);
      throw error;
    }
  }

  async function take(key: string, row: Row): Promise<void> {
    standing.delete(key);
    try {
      await hub.remove(ref, key);
    } catch (error) {
      if (!standing.has(key)) standing.set(key, row);
      throw error;
    }
  }

  return {
    async sync(rows) {
      const gone = [...standing].filter(([key]) => !rows.has(key));
      const changed = [...rows].filter(([key, row]) => standing.get(key) !== row);
      await Promise.all([
        ...gone.map(([key, row]) => take(key, row)),
        ...changed.map(([key, row]) => put(key, row)),
      ]);
    },
    async push(rows) {
      await Promise.all([...rows].map(([key, row]) => put(key, row)));
    },
  };
}
