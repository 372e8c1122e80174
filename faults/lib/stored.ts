import { openSqlite, sqliteHistoryStore } from "@tocsin/server-kit/sqlite";
import { contract } from "./contract.js";

/** What a database file holds of journal channels, read without the server that wrote it. */
export async function storedJournals(
  file: string,
  names: readonly string[],
): Promise<readonly { readonly value: number; readonly offset: number }[][]> {
  const db = openSqlite(file);
  try {
    const store = sqliteHistoryStore(db);
    const pages = await Promise.all(
      names.map((name) => store.read(contract.journal({ name }).name)),
    );
    return pages.map(({ entries }) =>
      entries.map(({ data, offset }) => ({ value: numberOf(data), offset })),
    );
  } finally {
    db.close();
  }
}

function numberOf(data: unknown): number {
  if (typeof data === "object" && data !== null && "n" in data && typeof data.n === "number") {
    return data.n;
  }
  return Number.NaN;
}
