import { type ClientMessage, definition, validate } from "@tocsin/protocol";
import { principalOf } from "../connection/connection.js";
import { storedMessage } from "../subscription/join.js";
import { entriesThroughView } from "../subscription/view.js";
import { demand, resolveChannel } from "./access.js";
import type { Handler } from "./context.js";
import { invalid, Refused } from "./refusal.js";
import { subscribe, unsubscribe } from "./subscribing.js";

const publish: Handler<"publish"> = async (context, connection, message) => {
  const channel = resolveChannel(context.contract, message.channel);
  const { data } = message;
  await demand(context.authorize, connection, { action: "publish", channel, data });
  // The key is the user's own: nobody may use up, or find out, somebody else's.
  const scope = principalOf(connection)?.userId ?? "";
  const { epoch, offset, duplicate } = await context.publisher.publish(channel, data, {
    ...(message.key !== undefined && { key: message.key, scope }),
  });
  return { type: "published", id: message.id, channel: channel.name, epoch, offset, duplicate };
};

const call: Handler<"call"> = async (context, connection, { id, method, params }) => {
  const { methods } = context.contract[definition];
  const def = Object.hasOwn(methods, method) ? methods[method] : undefined;
  const handler = context.methods.get(method);
  if (!def || !handler) {
    const known = Object.keys(methods).join(", ") || "none";
    throw new Refused({
      code: "unknown-method",
      message: `no such method; the contract has ${known}`,
      details: { field: "method" },
    });
  }
  const input = validate(def.input, params);
  if (!input.ok) {
    const field = ["params", input.problem.field].filter(Boolean).join(".");
    throw new Refused(invalid("invalid-params", { ...input.problem, field }));
  }
  await demand(context.authorize, connection, { action: "call", method, params: input.value });
  const principal = principalOf(connection);
  // The map's handlers take what their own method's schema hands out, and that is what was just checked.
  const output = await handler(input.value as never, { principal, clientId: connection.id });
  const checked = validate(def.output, output);
  if (!checked.ok)
    throw new TypeError(`method "${method}" answered with something else than its output`);
  return { type: "result", id, data: checked.value };
};

const history: Handler<"history"> = async (context, connection, message) => {
  const channel = resolveChannel(context.contract, message.channel);
  await demand(context.authorize, connection, { action: "history", channel });
  if (channel.mode === "signal") {
    throw new Refused({
      code: "unsupported",
      channel: channel.name,
      message: "a signal channel keeps no history",
    });
  }
  const { since, limit = context.maxReplay, reverse = false } = message;
  const bounded = { limit: Math.min(limit, context.maxReplay), newest: reverse };
  let page = await context.history.read(channel.name, {
    ...bounded,
    ...(since && { after: since.offset }),
  });
  // An offset of another life of the channel says nothing about this one.
  if (since && since.epoch !== page.epoch) page = await context.history.read(channel.name, bounded);
  // Whoever sees the channel through a view sees its past through it as well.
  const view = context.subscriptions.get(connection, channel.name)?.view;
  const entries = view ? entriesThroughView(page.entries, view) : page.entries;
  const events = entries.filter((entry) => !entry.removed).map(storedMessage);
  if (reverse) events.reverse();
  return {
    type: "result",
    id: message.id,
    data: { epoch: page.epoch, offset: page.offset, events },
  };
};

const presence: Handler<"presence"> = async (context, connection, message) => {
  const channel = resolveChannel(context.contract, message.channel);
  await demand(context.authorize, connection, { action: "presence", channel });
  if (!channel.def.presence) {
    throw new Refused({
      code: "unsupported",
      channel: channel.name,
      message: "presence is off on this channel; turn it on in the contract",
    });
  }
  const members = await context.presence.members(channel.name);
  return { type: "result", id: message.id, data: { members } };
};

const ping: Handler<"ping"> = async ({ clock }, _connection, { id }) => ({
  type: "pong",
  ...(id !== undefined && { id }),
  timestamp: clock.now(),
});

/** One handler for each message but `auth`, which decides whether the others are reached at all. */
export const handlers = {
  subscribe,
  unsubscribe,
  publish,
  call,
  history,
  presence,
  ping,
} satisfies { readonly [T in Exclude<ClientMessage["type"], "auth">]: Handler<T> };
