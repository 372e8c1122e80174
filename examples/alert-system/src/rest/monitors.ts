import { type Monitor, monitorChange, newMonitor, type RuleState } from "@tocsin/protocol/alerts";
import { monitorView, pageOf, snoozeInput } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import type { Context } from "../context.js";
import { notFound, type Operation, operation, Refusal } from "./operation.js";

const tag = "monitors";
const byId = z.object({ id: z.string().min(1).max(64) });

const query = z.object({
  cursor: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  symbol: z.string().min(1).max(32).optional(),
  strategyId: z.string().min(1).max(64).optional(),
});

/** Refuses symbols nobody trades here, naming where they stand. */
export function checkSymbol(
  { book }: Pick<Context, "book">,
  symbol: string,
  field = "symbol",
): void {
  if (book.lists(symbol)) return;
  const some = (book.board("all") ?? []).slice(0, 12).join(", ");
  throw new Refusal(400, "unknown-symbol", `is not traded here; use one of ${some}, …`, field);
}

/** Monitors of the signed-in user, with where their rules stand. */
export function monitorOperations(context: Context): readonly Operation[] {
  const { service, store } = context;

  async function view(userId: string, found: Monitor): Promise<z.output<typeof monitorView>> {
    return { ...found, states: [...(await store.ruleStates(userId, found.id))] };
  }

  async function one(userId: string, id: string): Promise<z.output<typeof monitorView>> {
    const found = await store.monitor(userId, id);
    if (!found) throw notFound("monitor");
    return view(userId, found);
  }

  return [
    operation({
      method: "get",
      path: "/api/monitors",
      tag,
      summary: "Your monitors, oldest first",
      query,
      answers: { 200: pageOf(monitorView) },
      async run({ userId, query: { cursor, limit, symbol, strategyId } }) {
        const found = await store.monitorsOf(userId, {
          limit: limit + 1, // one more than asked for, to know whether there are more
          ...(cursor !== undefined && { after: cursor }),
          ...(symbol !== undefined && { symbol }),
          ...(strategyId !== undefined && { strategyId }),
        });
        const statesOf = new Map<string, RuleState[]>();
        for (const state of await store.ruleStates(userId)) {
          statesOf.set(state.monitorId, [...(statesOf.get(state.monitorId) ?? []), state]);
        }
        const items = found.slice(0, limit).map((each) => ({
          ...each,
          states: statesOf.get(each.id) ?? [],
        }));
        const nextCursor = found.length > limit ? (items.at(-1)?.id ?? null) : null;
        return { status: 200, body: { items, nextCursor } };
      },
    }),
    operation({
      method: "post",
      path: "/api/monitors",
      tag,
      summary: "Create a monitor",
      idempotent: true,
      body: newMonitor,
      answers: { 201: monitorView },
      refusals: [422, 429],
      async run({ userId, body }) {
        checkSymbol(context, body.symbol);
        const made = await service.createMonitor(userId, body);
        return { status: 201, body: await view(userId, made) };
      },
    }),
    operation({
      method: "get",
      path: "/api/monitors/{id}",
      tag,
      summary: "One of your monitors",
      params: byId,
      answers: { 200: monitorView },
      refusals: [404],
      run: async ({ userId, params }) => ({ status: 200, body: await one(userId, params.id) }),
    }),
    operation({
      method: "patch",
      path: "/api/monitors/{id}",
      tag,
      summary: "Change a monitor; it starts again from the current price",
      params: byId,
      body: monitorChange,
      answers: { 200: monitorView },
      refusals: [404, 422],
      async run({ userId, params, body }) {
        const changed = await service.changeMonitor(userId, params.id, body);
        if (!changed) throw notFound("monitor");
        return { status: 200, body: await view(userId, changed) };
      },
    }),
    operation({
      method: "delete",
      path: "/api/monitors/{id}",
      tag,
      summary: "Delete a monitor; its notifications stay",
      params: byId,
      answers: { 204: undefined },
      refusals: [404],
      async run({ userId, params }) {
        if (!(await service.deleteMonitor(userId, params.id))) throw notFound("monitor");
        return { status: 204 };
      },
    }),
    operation({
      method: "post",
      path: "/api/monitors/{id}/snooze",
      tag,
      summary: "Keep all its rules quiet for some market time; 0 ends the snooze",
      params: byId,
      body: snoozeInput,
      answers: { 200: monitorView },
      refusals: [404],
      async run({ userId, params, body }) {
        if (!(await service.snooze(userId, params.id, undefined, body.forMs))) {
          throw notFound("monitor");
        }
        return { status: 200, body: await one(userId, params.id) };
      },
    }),
    operation({
      method: "post",
      path: "/api/monitors/{id}/rules/{ruleId}/snooze",
      tag,
      summary: "Keep one of its rules quiet for some market time; 0 ends the snooze",
      params: byId.extend({ ruleId: z.string().min(1).max(40) }),
      body: snoozeInput,
      answers: { 200: monitorView },
      refusals: [404],
      async run({ userId, params, body }) {
        if (!(await service.snooze(userId, params.id, params.ruleId, body.forMs))) {
          throw notFound("rule");
        }
        return { status: 200, body: await one(userId, params.id) };
      },
    }),
  ];
}
