import { describe } from "vitest";
import type { HistoryStore } from "../store/history-store.js";
import { itKeepsLatest } from "./history-latest-contract.js";
import { itKeepsLogs } from "./history-log-contract.js";
import { itAppendsOnce } from "./history-once-contract.js";
import { itNumbersEvents } from "./history-position-contract.js";
import { itKeepsTables } from "./history-table-contract.js";

/** One store under test, with its clock. */
export interface HistorySubject extends AsyncDisposable {
  readonly store: HistoryStore;
  /** The time of the store's clock, milliseconds since 1970. */
  now(): number;
  /** Lets `ms` pass for the store. */
  advance(ms: number): Promise<void>;
  /**
   * Ends the store as the end of its process would and opens it again. A store of durability `"none"` returns
   * an empty one.
   */
  restart(): Promise<HistoryStore>;
}

/** What a store offers beyond what all must. */
export interface HistoryStoreTraits {
  /** It has `appendOnce`. Default: no. */
  readonly appendsOnce?: boolean;
}

/** What every {@link HistoryStore} promises. Run it over your own with a function that opens a fresh one. */
export function describeHistoryStore(
  name: string,
  open: () => Promise<HistorySubject>,
  { appendsOnce = false }: HistoryStoreTraits = {},
): void {
  describe(`HistoryStore: ${name}`, () => {
    itNumbersEvents(open);
    itKeepsLatest(open);
    itKeepsTables(open);
    itKeepsLogs(open);
    if (appendsOnce) itAppendsOnce(open);
  });
}
