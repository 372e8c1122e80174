import { newStrategy, type Strategy, strategyChange } from "@tocsin/protocol/alerts";
import { listOf, strategyView } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import { ownStrategy } from "../channels/strategy-members.js";
import type { Context } from "../context.js";
import { notFound, type Operation, operation, Refusal } from "./operation.js";

const tag = "strategies";
const byId = z.object({ id: z.string().min(1).max(64) });

/** Strategies of the signed-in user, and those of the house. */
export function strategyOperations(context: Context): readonly Operation[] {
  const { store, publishing, houseStrategies } = context;

  async function view(found: Strategy): Promise<z.output<typeof strategyView>> {
    const monitors = await store.monitorsOf(found.userId, { strategyId: found.id });
    const symbols = [...new Set(monitors.map(({ symbol }) => symbol))];
    return { ...found, symbols, monitors: monitors.length };
  }

  return [
    operation({
      method: "get",
      path: "/api/strategies",
      tag,
      summary: "Your strategies, with the symbols their monitors watch",
      answers: { 200: listOf(strategyView) },
      async run({ userId }) {
        const found = await store.strategiesOf(userId);
        return { status: 200, body: { items: await Promise.all(found.map(view)) } };
      },
    }),
    operation({
      method: "post",
      path: "/api/strategies",
      tag,
      summary: "Create a strategy",
      idempotent: true,
      body: newStrategy,
      answers: { 201: strategyView },
      refusals: [422, 429],
      run: async ({ userId, body }) => ({
        status: 201,
        body: await view(await store.createStrategy(userId, body)),
      }),
    }),
    operation({
      method: "get",
      path: "/api/strategies/{id}",
      tag,
      summary: "One of your strategies",
      params: byId,
      answers: { 200: strategyView },
      refusals: [404],
      async run({ userId, params }) {
        const found = await store.strategy(userId, params.id);
        if (!found) throw notFound("strategy");
        return { status: 200, body: await view(found) };
      },
    }),
    operation({
      method: "patch",
      path: "/api/strategies/{id}",
      tag,
      summary: "Rename a strategy or change its note",
      params: byId,
      body: strategyChange,
      answers: { 200: strategyView },
      refusals: [404, 422],
      async run({ userId, params, body }) {
        const changed = await store.changeStrategy(userId, params.id, body);
        if (!changed) throw notFound("strategy");
        return { status: 200, body: await view(changed) };
      },
    }),
    operation({
      method: "delete",
      path: "/api/strategies/{id}",
      tag,
      summary: "Delete a strategy; its monitors stay, without one",
      params: byId,
      answers: { 204: undefined },
      refusals: [404],
      async run({ userId, params }) {
        if (!(await store.deleteStrategy(userId, params.id))) throw notFound("strategy");
        return { status: 204 };
      },
    }),
    operation({
      method: "post",
      path: "/api/strategies/{name}/push",
      tag,
      summary: "Publish the prices of a strategy to its channel now, changed or not",
      params: z.object({ name: z.string().min(1).max(96) }),
      answers: { 200: z.object({ pushed: z.int() }) },
      refusals: [404],
      async run({ userId, params: { name } }) {
        const isTheirs =
          houseStrategies.some((house) => house.name === name) ||
          (await store.strategiesOf(userId)).some((own) => ownStrategy(userId, own.name) === name);
        const pushed = isTheirs ? await publishing.push(name) : undefined;
        if (pushed === undefined) {
          throw new Refusal(
            404,
            "not-found",
            "there is no such strategy; your own are named <user>~<name>",
            "name",
          );
        }
        return { status: 200, body: { pushed } };
      },
    }),
  ];
}
