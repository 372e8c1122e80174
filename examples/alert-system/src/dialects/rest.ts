import { definition } from "@tocsin/protocol";
import { market } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { Context } from "../context.js";
import { type Operation, operation, Refusal } from "../rest/operation.js";
import { priceOf, subscriptionType, type Target } from "./stock-prices.js";
import { isoTime } from "./text.js";

const tag = "dialects";
const { channels, resolve } = market[definition];

/** How answers to these clients are wrapped. */
const wrapped = <Data extends z.ZodType>(data: Data) =>
  z.object({ code: z.literal(200), message: z.string(), data });

const done = <Data>(message: string, data: Data) =>
  ({ status: 200, body: { code: 200, message, data } }) as const;

const stats = z.object({
  connections: z.object({
    total_connections: z.int(),
    active_connections: z.int(),
    total_subscriptions: z.int(),
    messages_sent: z.int(),
  }),
  subscriptions: z.object({ strategy: z.int(), stock: z.int(), market: z.int() }),
});

const clients = z.object({
  clients: z.array(
    z.object({
      client_id: z.string(),
      connected_at: z.string(),
      subscriptions: z.array(z.object({ type: subscriptionType, target: z.string() })),
    }),
  ),
  count: z.int(),
});

const buySignal = z.object({
  code: z.string(),
  name: z.string(),
  signal: z.literal("buy"),
  strategy: z.string(),
  price: z.number().nullable(),
  change: z.number().nullable(),
  change_percent: z.number().nullable(),
  volume: z.number().nullable(),
  reason: z.string(),
  timestamp: z.string().nullable(),
});

const strategyName = z.string().min(1).max(96);

/** What clients of the stock price dialect ask for beside the socket, in the words they know. */
export function dialectOperations(context: Context): readonly Operation[] {
  const { hub, book, publishing, houseStrategies, isOperator } = context;

  function forOperators(userId: string): void {
    if (isOperator(userId)) return;
    throw new Refusal(403, "forbidden", "this is for operators; see OPERATORS in the guide");
  }

  function unknownStrategy(): Refusal {
    const known = houseStrategies.map(({ name }) => name).join(", ");
    return new Refusal(
      404,
      "not-found",
      `there is no such strategy; use one of ${known}`,
      "strategy",
    );
  }

  return [
    operation({
      method: "get",
      path: "/api/websocket/stats",
      tag,
      summary: "Counts of connections and subscriptions, for operators",
      answers: { 200: wrapped(stats) },
      refusals: [403],
      async run({ userId }) {
        forOperators(userId);
        const { opened, connections, subscriptions, delivered } = hub.stats();
        const counts = { strategy: 0, stock: 0, market: 0 };
        for (const client of hub.clients()) {
          for (const { subscription_type } of client.channels.flatMap(targetOf)) {
            counts[subscription_type] += 1;
          }
        }
        return done("statistics", {
          connections: {
            total_connections: opened,
            active_connections: connections,
            total_subscriptions: subscriptions,
            messages_sent: delivered,
          },
          subscriptions: counts,
        });
      },
    }),
    operation({
      method: "get",
      path: "/api/websocket/clients",
      tag,
      summary: "Who is connected and on what, for operators",
      answers: { 200: wrapped(clients) },
      refusals: [403],
      async run({ userId }) {
        forOperators(userId);
        const found = hub.clients().map(({ clientId, connectedAt, channels }) => ({
          client_id: clientId,
          connected_at: isoTime(connectedAt),
          subscriptions: channels
            .flatMap(targetOf)
            .map(({ subscription_type, target }) => ({ type: subscription_type, target })),
        }));
        return done("clients", { clients: found, count: found.length });
      },
    }),
    operation({
      method: "post",
      path: "/api/websocket/push/prices",
      tag,
      summary: "Publish the prices of a strategy now, changed or not, for operators",
      query: z.object({ strategy: strategyName.default("volume_wave") }),
      answers: {
        200: wrapped(z.object({ strategy: z.string(), client_count: z.int(), count: z.int() })),
      },
      refusals: [403, 404],
      async run({ userId, query: { strategy } }) {
        forOperators(userId);
        const isHouse = houseStrategies.some(({ name }) => name === strategy);
        const count = isHouse ? await publishing.push(strategy) : undefined;
        if (count === undefined) throw unknownStrategy();
        const { name } = market.strategy({ name: strategy });
        const readers = hub.clients().filter(({ channels }) => channels.includes(name));
        return done("pushed", { strategy, client_count: readers.length, count });
      },
    }),
    operation({
      method: "get",
      path: "/api/signals/buy",
      tag,
      summary: "What the strategies of the house would buy now; prices follow over the socket",
      open: true,
      query: z.object({ strategy: strategyName.optional() }),
      answers: {
        200: wrapped(
          z.object({
            strategy: z.string().nullable(),
            signals: z.array(buySignal),
            count: z.int(),
          }),
        ),
      },
      refusals: [404],
      async run({ query: { strategy } }) {
        const chosen = houseStrategies.filter(({ name }) => !strategy || name === strategy);
        if (chosen.length === 0) throw unknownStrategy();
        const signals = chosen.flatMap(({ name, members }) =>
          members().map(({ symbol, reason }) => ({ ...bought(symbol), strategy: name, reason })),
        );
        return done("buy signals", { strategy: strategy ?? null, signals, count: signals.length });
      },
    }),
  ];

  function bought(symbol: string) {
    const now = book.quote(symbol);
    const known = now
      ? priceOf(now)
      : {
          code: symbol,
          name: symbol,
          price: null,
          change: null,
          change_percent: null,
          volume: null,
          timestamp: null,
        };
    return { ...known, signal: "buy" as const };
  }
}

/** A channel in the words of the dialect; nothing for those it has no word for. */
function targetOf(address: string): Target[] {
  const ref = resolve(address);
  switch (ref?.def) {
    case channels.strategy:
      return [{ subscription_type: "strategy", target: ref.params.name ?? "" }];
    case channels.price:
      return [{ subscription_type: "stock", target: ref.params.code ?? "" }];
    case channels.board:
      return [{ subscription_type: "market", target: ref.params.board ?? "" }];
    default:
      return [];
  }
}
