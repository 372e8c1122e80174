import { vi } from "vitest";
import { openAlertDb } from "../../test/support/alerts.js";
import { describeDedupStore } from "../testing/dedup-contract.js";
import { sqlClaims } from "./claims.js";
import { inTurn } from "./in-turn.js";

vi.setConfig({ testTimeout: 60_000 }); // thousands of statements, however busy the machine is

describeDedupStore("claims in the alert database", async () => {
  const db = await openAlertDb();
  let now = 1_000_000;
  const claims = sqlClaims(db, () => now);
  // One after another, as in the transaction they are made in.
  const turn = inTurn();
  return {
    store: {
      claim: (key, ttlMs) => turn(() => claims.claim(key, ttlMs)),
      settle: (key, value, token) => turn(() => claims.settle(key, value, token)),
      release: (key, token) => turn(() => claims.release(key, token)),
      [Symbol.asyncDispose]: () => claims[Symbol.asyncDispose](),
    },
    async advance(ms) {
      now += ms;
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  };
});
