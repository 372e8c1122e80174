import type { Dialect, Principal } from "@tocsin/server-kit";
import type { Context } from "../context.js";
import { marketData } from "./market.js";
import { realtime } from "./realtime.js";
import { stockPrices } from "./stock-prices.js";

/** Where each format of others is spoken. */
export interface DialectPaths {
  readonly stockPrices: string;
  /** Ends in `/{token}`. */
  readonly realtime: string;
  /** Its clients may know no other path than `/ws`: give them that, and the hub's own formats another. */
  readonly market: string;
}

const PATHS: DialectPaths = {
  stockPrices: "/ws/stock/prices",
  realtime: "/ws/realtime/{token}",
  market: "/ws/market",
};

/** Whoever reads prices without signing in. No user can have this name. */
const GUEST: Principal = { userId: "~guest" };

/** The formats of clients that were there before. */
export function createDialects(
  { chains, tasks, clock }: Pick<Context, "chains" | "tasks" | "clock">,
  paths: Partial<DialectPaths> = {},
): readonly Dialect[] {
  const at = { ...PATHS, ...paths };
  return [
    stockPrices({ path: at.stockPrices, guest: GUEST, clock }),
    realtime({ path: at.realtime, tasks, clock }),
    marketData({ path: at.market, guest: GUEST, chains, clock }),
  ];
}
