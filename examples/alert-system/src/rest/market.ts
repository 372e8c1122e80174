import { optionRow } from "@tocsin/protocol/alerts";
import { bar, interval, marketOverview, quote } from "@tocsin-example/alert-contract";
import { listOf, signal } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import type { Context } from "../context.js";
import { type Operation, operation, Refusal } from "./operation.js";

const tag = "market";

/** Prices, bars and options; open to everybody. They change over the socket. */
export function marketOperations({
  book,
  chains,
  houseStrategies,
  clock,
}: Context): readonly Operation[] {
  return [
    operation({
      method: "get",
      path: "/api/symbols",
      tag,
      summary: "Current prices, of one board or of all",
      open: true,
      query: z.object({ board: z.string().min(1).max(64).default("all") }),
      answers: { 200: listOf(quote) },
      refusals: [404],
      async run({ query }) {
        const symbols = book.board(query.board);
        if (!symbols) {
          throw new Refusal(
            404,
            "not-found",
            `there is no such board; use one of ${book.boards.join(", ")}`,
            "board",
          );
        }
        const listed = new Set(symbols);
        return {
          status: 200,
          body: { items: book.quotes().filter(({ symbol }) => listed.has(symbol)) },
        };
      },
    }),
    operation({
      method: "get",
      path: "/api/symbols/{code}/candles",
      tag,
      summary: "Bars up to market time, ascending; the last one is under way",
      open: true,
      params: z.object({ code: z.string().min(1).max(32) }),
      query: z.object({
        interval: interval.default("1d"),
        limit: z.coerce.number().int().min(1).max(5_000).default(250),
      }),
      answers: { 200: listOf(bar) },
      refusals: [404],
      async run({ params, query }) {
        const items = book.bars(params.code, query.interval, query.limit);
        if (items) return { status: 200, body: { items } };
        throw new Refusal(404, "not-found", "no such symbol; GET /api/symbols lists them", "code");
      },
    }),
    operation({
      method: "get",
      path: "/api/market",
      tag,
      summary: "The market at a glance",
      open: true,
      answers: { 200: marketOverview },
      run: async () => ({ status: 200, body: book.overview() }),
    }),
    operation({
      method: "get",
      path: "/api/options/{underlying}",
      tag,
      summary: "The options on an underlying, with their Greeks",
      open: true,
      params: z.object({ underlying: z.string().min(1).max(32) }),
      answers: { 200: listOf(optionRow) },
      refusals: [404],
      async run({ params }) {
        const items = chains.rows(params.underlying);
        if (items) return { status: 200, body: { items } };
        throw new Refusal(
          404,
          "not-found",
          `there are options on ${chains.underlyings.join(", ")}`,
          "underlying",
        );
      },
    }),
    operation({
      method: "get",
      path: "/api/signals",
      tag,
      summary:
        "What the strategies of the house would buy now; answers at once, prices follow over the socket",
      open: true,
      query: z.object({ strategy: z.string().min(1).max(64).optional() }),
      answers: { 200: listOf(signal) },
      refusals: [404],
      async run({ query }) {
        const { strategy } = query;
        const chosen = houseStrategies.filter(({ name }) => !strategy || name === strategy);
        if (chosen.length === 0) {
          throw new Refusal(
            404,
            "not-found",
            `there is no such strategy; use one of ${houseStrategies.map(({ name }) => name).join(", ")}`,
            "strategy",
          );
        }
        const items = chosen.flatMap(({ name, members }) =>
          members().map(({ symbol, reason }) => {
            const now = book.quote(symbol) ?? null;
            return {
              symbol,
              name: now?.name ?? symbol,
              strategy: name,
              action: "buy" as const,
              reason,
              at: now?.at ?? clock.now(),
              quote: now,
            };
          }),
        );
        return { status: 200, body: { items } };
      },
    }),
  ];
}
