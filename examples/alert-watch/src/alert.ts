import type { ItemOf } from "@tocsin/client";
import type { market } from "@tocsin-example/alert-contract";

/** One revision of an alert, as the contract has it. */
export type Alert = ItemOf<ReturnType<typeof market.alerts>["def"]>;
