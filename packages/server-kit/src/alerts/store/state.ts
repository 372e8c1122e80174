import type { TransitionStore } from "./alert-store.js";
import { armedOfRow } from "./rows.js";
import { fromText, toText } from "./text.js";
import { type AlertDb, eachPart, inParts, writing } from "./transact.js";

/** What an evaluator goes on from: changes of monitors, last prices, state of its own. */
export function stateTables(
  db: AlertDb,
): Pick<
  TransitionStore,
  "changesSince" | "samples" | "writeSamples" | "readState" | "writeState" | "totals"
> {
  return {
    async changesSince(since) {
      // First the end, then what lies before it: nothing can still appear there, whoever commits meanwhile.
      const [sequence] = await db
        .selectFrom("alert_sequence")
        .select("last")
        .where("name", "=", "monitors")
        .execute();
      const revision = Math.max(since, sequence?.last ?? 0);
      if (revision === since) return { revision, armed: [], deleted: [] };
      const armed = await db
        .selectFrom("alert_monitors")
        .selectAll()
        .where("revision", ">", since)
        .where("revision", "<=", revision)
        .orderBy("revision")
        .execute();
      const deleted = await db
        .selectFrom("alert_deleted_monitors")
        .select("id")
        .where("revision", ">", since)
        .where("revision", "<=", revision)
        .orderBy("revision")
        .execute();
      return { revision, armed: armed.map(armedOfRow), deleted: deleted.map(({ id }) => id) };
    },
    async samples(symbols) {
      const all = db.selectFrom("alert_samples").selectAll();
      const rows =
        symbols === undefined
          ? await all.execute()
          : await eachPart([...new Set(symbols)].map(toText), (part) =>
              all.where("symbol", "in", part).execute(),
            );
      return rows.map(({ symbol, price, at }) => ({ symbol: fromText(symbol), price, at }));
    },
    async writeSamples(samples) {
      const newest = new Map<string, (typeof samples)[number]>();
      for (const sample of samples) {
        const other = newest.get(sample.symbol);
        if (!other || other.at < sample.at) newest.set(sample.symbol, sample);
      }
      if (newest.size === 0) return;
      // In one order, so that no two writers wait for each other.
      const rows = [...newest.values()]
        .map(({ symbol, price, at }) => ({ symbol: toText(symbol), price, at }))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
      await writing(db, async (trx) => {
        for (const part of inParts(rows, 3)) {
          await trx
            .insertInto("alert_samples")
            .values(part)
            .onConflict((conflict) =>
              conflict
                .column("symbol")
                .doUpdateSet(({ ref }) => ({
                  price: ref("excluded.price"),
                  at: ref("excluded.at"),
                }))
                .whereRef("alert_samples.at", "<", "excluded.at"),
            )
            .execute();
        }
      });
    },
    async readState(key) {
      const [row] = await db
        .selectFrom("alert_state")
        .select("value")
        .where("key", "=", toText(key))
        .execute();
      return row && fromText(row.value);
    },
    async writeState(key, value) {
      const text = toText(value);
      await db
        .insertInto("alert_state")
        .values({ key: toText(key), value: text })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: text }))
        .execute();
    },
    async totals() {
      const notified = await db
        .selectFrom("alert_notifications")
        .select(({ fn }) => [
          fn.countAll<number>().as("fired"),
          fn.sum<number | null>("suppressed_count").as("suppressed"),
        ])
        .where("kind", "<>", "summary")
        .executeTakeFirstOrThrow();
      const muted = await db
        .selectFrom("alert_causes")
        .select(({ fn }) => fn.sum<number | null>("unclaimed").as("suppressed"))
        .executeTakeFirstOrThrow();
      return {
        fired: Number(notified.fired),
        suppressed: Number(notified.suppressed ?? 0) + Number(muted.suppressed ?? 0),
      };
    },
  };
}
