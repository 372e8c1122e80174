import { portfolio } from "@tocsin-example/alert-contract";
import { holdingsInput } from "@tocsin-example/alert-contract/rest";
import type { Context } from "../context.js";
import { type Operation, operation, Refusal } from "./operation.js";

const tag = "portfolio";

/** What the signed-in user holds. */
export function portfolioOperations({ portfolios, book, chains }: Context): readonly Operation[] {
  return [
    operation({
      method: "get",
      path: "/api/portfolio",
      tag,
      summary: "What you hold, and what it is worth now",
      answers: { 200: portfolio },
      run: async ({ userId }) => ({ status: 200, body: await portfolios.portfolio(userId) }),
    }),
    operation({
      method: "put",
      path: "/api/portfolio",
      tag,
      summary: "Replace what you hold",
      body: holdingsInput,
      answers: { 200: portfolio },
      async run({ userId, body: { holdings } }) {
        for (const [index, { instrument }] of holdings.entries()) {
          if (book.lists(instrument) || chains.row(instrument)) continue;
          throw new Refusal(
            400,
            "unknown-instrument",
            "is neither a symbol nor an option that is traded here",
            `holdings.${index}.instrument`,
          );
        }
        return { status: 200, body: await portfolios.hold(userId, holdings) };
      },
    }),
  ];
}
