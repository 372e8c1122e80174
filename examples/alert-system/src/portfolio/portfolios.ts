import type { Holding } from "@tocsin-example/alert-contract";
import type { Kysely } from "kysely";
import type { Book, Chains, Portfolios } from "../context.js";
import type { HoldingTables } from "./migrations.js";
import { valued } from "./valuation.js";

/** A holding names something that has no price here. Answer it with HTTP 422. */
export class UnknownInstrumentError extends Error {
  override name = "UnknownInstrumentError";

  constructor(
    readonly instrument: string,
    /** The field of the request it is about. */
    readonly field: string,
  ) {
    super(`${field}: there is no ${instrument}; take a symbol, or an option of a chain`);
  }
}

/** Settings of {@link createPortfolios}. */
export interface PortfoliosOptions {
  readonly db: Kysely<HoldingTables>;
  readonly book: Pick<Book, "quote" | "lists">;
  readonly chains: Pick<Chains, "row" | "dayChange">;
  /** Market time, milliseconds since 1970. */
  readonly marketTime: () => number;
}

/** How many users' holdings are remembered: those who look are asked for several times a second. */
const REMEMBERED = 1_000;

/** Keeps holdings in the database of the alerts. Run {@link migrateHoldings} on it first. */
export function createPortfolios({ db, book, chains, marketTime }: PortfoliosOptions): Portfolios {
  const remembered = new Map<string, Promise<readonly Holding[]>>();

  async function read(userId: string): Promise<readonly Holding[]> {
    return db
      .selectFrom("example_holdings")
      .select(["instrument", "quantity", "cost"])
      .where("user_id", "=", userId)
      .orderBy("place")
      .execute();
  }

  function holdings(userId: string): Promise<readonly Holding[]> {
    const known = remembered.get(userId);
    if (known) return known;
    const reading = read(userId);
    remembered.set(userId, reading);
    reading.catch(() => {
      if (remembered.get(userId) === reading) remembered.delete(userId);
    });
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return reading;
  }

  async function portfolio(userId: string) {
    return valued(await holdings(userId), { book, chains }, marketTime());
  }

  return {
    holdings,
    portfolio,
    async hold(userId, wanted) {
      for (const [index, { instrument }] of wanted.entries()) {
        if (book.lists(instrument) || chains.row(instrument)) continue;
        throw new UnknownInstrumentError(instrument, `holdings.${index}.instrument`);
      }
      const rows = wanted.map(({ instrument, quantity, cost }, place) => ({
        user_id: userId,
        place,
        instrument,
        quantity,
        cost,
      }));
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom("example_holdings").where("user_id", "=", userId).execute();
        if (rows.length > 0) await trx.insertInto("example_holdings").values(rows).execute();
      });
      remembered.delete(userId);
      return portfolio(userId);
    },
  };
}
