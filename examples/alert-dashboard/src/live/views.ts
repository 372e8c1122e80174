import type { AlertNotification } from "@tocsin/protocol/alerts";
import type { Quote } from "@tocsin-example/alert-contract";

/** The price table. */
export interface PricesView {
  readonly quotes: readonly Quote[];
  /** When a change last arrived, on the reader's clock; `undefined` before the first answer. */
  readonly receivedAt: number | undefined;
}

/** How the last subscribe to the inbox went: what the reader may have missed. */
export type RecoveryView =
  | { readonly outcome: "fresh" | "nothing-missed" }
  | { readonly outcome: "recovered" | "gap"; readonly count: number };

/** The live side of the inbox. */
export interface InboxView {
  readonly alerts: readonly AlertNotification[];
  readonly recovery: RecoveryView | undefined;
}
