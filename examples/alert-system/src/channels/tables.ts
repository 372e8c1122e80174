import { type ChannelRef, definition } from "@tocsin/protocol";
import type { Clock, Hub } from "@tocsin/server-kit";
import { market } from "@tocsin-example/alert-contract";
import { createTableChannel, type TableChannel, type TableHub } from "./table-channel.js";

/** The tables whose rows are made here. */
export type TableKind = "board" | "strategy" | "candles" | "chain";

/** The rows of one table now, by its key. */
type RowsOf = (params: ChannelRef["params"]) => ReadonlyMap<string, object>;

/** All tables that somebody reads, or read a moment ago. */
export interface Tables {
  /** Brings one up to date, read or not. */
  prepare(ref: ChannelRef): Promise<void>;
  /** Brings those of some kinds up to date that somebody reads, and empties those nobody has read for a while. */
  syncActive(kinds: readonly TableKind[]): Promise<void>;
  /** Publishes rows of one, changed or not. */
  push(ref: ChannelRef, rows: ReadonlyMap<string, object>): Promise<void>;
}

interface Kept {
  readonly ref: ChannelRef;
  readonly kind: TableKind;
  readonly channel: TableChannel<object>;
  wantedAt: number;
}

/** How long a table is kept up for a reader who may come back, milliseconds. */
const KEPT_MS = 30_000;

/** Keeps the tables that are read, and no others: there are more than anybody looks at. */
export function createTables(
  hub: TableHub & { readonly subscriptions: Pick<Hub["subscriptions"], "hasSubscribers"> },
  clock: Clock,
  rowsOf: Readonly<Record<TableKind, RowsOf>>,
): Tables {
  const kept = new Map<string, Kept>();
  const { channels } = market[definition];

  function keptOf(ref: ChannelRef): Kept | undefined {
    const known = kept.get(ref.name);
    const kind = (Object.keys(rowsOf) as TableKind[]).find((one) => channels[one] === ref.def);
    if (known || !kind) return known;
    const made = { ref, kind, channel: createTableChannel(hub, ref), wantedAt: clock.now() };
    kept.set(ref.name, made);
    return made;
  }

  async function sync(table: Kept): Promise<void> {
    if (hub.subscriptions.hasSubscribers(table.ref.name)) table.wantedAt = clock.now();
    if (clock.now() - table.wantedAt <= KEPT_MS) {
      return table.channel.sync(rowsOf[table.kind](table.ref.params));
    }
    await table.channel.sync(new Map());
    // Unless somebody asked for it meanwhile.
    if (clock.now() - table.wantedAt > KEPT_MS) kept.delete(table.ref.name);
  }

  return {
    async prepare(ref) {
      const table = keptOf(ref);
      if (!table) return;
      table.wantedAt = clock.now();
      await sync(table);
    },
    async syncActive(kinds) {
      await Promise.all([...kept.values()].filter(({ kind }) => kinds.includes(kind)).map(sync));
    },
    async push(ref, rows) {
      await keptOf(ref)?.channel.push(rows);
    },
  };
}
