import type { Strategy } from "@tocsin/protocol/alerts";
import { DuplicateStrategyError, TooManyStrategiesError } from "../errors.js";
import type { MonitorStore } from "./alert-store.js";
import { lockUser } from "./monitors.js";
import { strategyOfRow, strategyRow } from "./rows.js";
import type { StrategyRow } from "./tables.js";
import { toText } from "./text.js";
import { type AlertDb, type AlertTransaction, eachPart, lockedRows, writing } from "./transact.js";

/** What keeping strategies needs besides the database. */
export interface StrategyContext {
  readonly db: AlertDb;
  readonly now: () => number;
  readonly newId: () => string;
  readonly maxStrategies: number;
}

/** Keeps strategies; see {@link MonitorStore}. */
export function strategyTable({
  db,
  now,
  newId,
  maxStrategies,
}: StrategyContext): Pick<
  MonitorStore,
  "createStrategy" | "strategiesOf" | "strategy" | "changeStrategy" | "deleteStrategy"
> {
  return {
    createStrategy: (userId, input) =>
      writing(db, async (trx) => {
        await lockUser(trx, userId);
        const others = await rowsOf(trx, userId);
        if (others.length >= maxStrategies) throw new TooManyStrategiesError(maxStrategies);
        mustBeNew(others, input.name);
        const at = now();
        const made = { ...input, id: newId(), userId, version: 1, createdAt: at, updatedAt: at };
        await trx.insertInto("alert_strategies").values(strategyRow(made)).execute();
        return made;
      }),
    async strategiesOf(userId) {
      return (await rowsOf(db, userId)).map(strategyOfRow);
    },
    async strategy(userId, id) {
      const row = (await rowsOf(db, userId)).find((each) => each.id === id);
      return row && strategyOfRow(row);
    },
    changeStrategy: (userId, id, { name, note }) =>
      writing(db, async (trx) => {
        await lockUser(trx, userId);
        const rows = await rowsOf(trx, userId);
        const row = rows.find((each) => each.id === id);
        if (!row) return undefined;
        if (name !== undefined) {
          mustBeNew(
            rows.filter((each) => each !== row),
            name,
          );
        }
        const before = strategyOfRow(row);
        const changed: Strategy = {
          ...before,
          name: name ?? before.name,
          note: note ?? before.note,
          version: before.version + 1,
          updatedAt: now(),
        };
        const { id: _, ...columns } = strategyRow(changed);
        await trx.updateTable("alert_strategies").set(columns).where("id", "=", row.id).execute();
        return changed;
      }),
    deleteStrategy: (userId, id) =>
      writing(db, async (trx) => {
        const monitors = await lockedRows(
          trx,
          trx
            .selectFrom("alert_monitors")
            .select("id")
            .where("strategy_id", "=", toText(id))
            .where("user_id", "=", toText(userId))
            .orderBy("id"),
        ).execute();
        await lockUser(trx, userId);
        // Not a new version: its rules are the same, and go on from where they stand.
        await eachPart(monitors, (part) =>
          trx
            .updateTable("alert_monitors")
            .set({ strategy_id: null })
            .where(
              "id",
              "in",
              part.map((each) => each.id),
            )
            .returning("id")
            .execute(),
        );
        const { numDeletedRows } = await trx
          .deleteFrom("alert_strategies")
          .where("id", "=", toText(id))
          .where("user_id", "=", toText(userId))
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
  };
}

/** All strategies of a user; there are few. */
function rowsOf(db: AlertDb | AlertTransaction, userId: string): Promise<readonly StrategyRow[]> {
  return db
    .selectFrom("alert_strategies")
    .selectAll()
    .where("user_id", "=", toText(userId))
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

function mustBeNew(rows: readonly StrategyRow[], name: string): void {
  if (rows.some((row) => row.name === toText(name))) throw new DuplicateStrategyError(name);
}
