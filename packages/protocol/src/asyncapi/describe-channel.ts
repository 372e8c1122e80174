import type { ChannelDef } from "../channel.js";
import type { AsyncApiChannel, AsyncApiMessage, AsyncApiOperation, Ref } from "./document.js";
import { type JsonSchema, jsonSchemaOf, type Side } from "./json-schema.js";
import { messagesOf, refined, request, SCHEMAS, safe, wireMessage } from "./parts.js";
import { SUMMARIES } from "./summaries.js";

/** What one channel adds to a document; its schemas are put into `schemas`. */
export function describeChannel(
  name: string,
  def: ChannelDef,
  schemas: Record<string, JsonSchema>,
) {
  const id = safe(name);
  const add = (what: string, schema: ChannelDef["payload"], side: Side): Ref => {
    const home = `${id}.${what}`;
    schemas[home] = jsonSchemaOf(schema, side, `${SCHEMAS}/${home}`);
    return { $ref: `${SCHEMAS}/${home}` };
  };
  const payload = add("payload", def.payload, "output");
  const parameters = def.template.parts.flatMap((part) =>
    "param" in part ? [[part.param, { description: "Percent-encoded." }]] : [],
  );
  const channel: AsyncApiChannel = {
    address: def.template.source,
    description: `Mode ${def.mode}.${def.key === undefined ? "" : ` Rows are identified by "${def.key}".`}`,
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    messages: {
      subscribe: def.params
        ? refined("subscribe", { params: add("params", def.params, "input") })
        : wireMessage("subscribe"),
      subscribed: subscribed(def, payload),
      unsubscribe: wireMessage("unsubscribe"),
      unsubscribed: wireMessage("unsubscribed"),
      event: refined("event", { data: payload }),
      ...(isState(def) && { patch: wireMessage("patch") }),
      publish: refined("publish", { data: add("publish", def.payload, "input") }),
      published: wireMessage("published"),
      ...(def.mode !== "signal" && history(payload)),
      ...(def.presence && presence()),
    },
  };
  return { id, channel, operations: operationsOf(id, def) };
}

/** `latest` and `table` channels have a present state, which a patch can change. */
function isState({ mode }: ChannelDef): boolean {
  return mode === "latest" || mode === "table";
}

function operationsOf(id: string, def: ChannelDef): Record<string, AsyncApiOperation> {
  const at = messagesOf(id);
  return {
    [`${id}.subscribe`]: request(at, SUMMARIES.subscribe, "subscribe", "subscribed"),
    [`${id}.unsubscribe`]: request(at, SUMMARIES.unsubscribe, "unsubscribe", "unsubscribed"),
    [`${id}.publish`]: request(at, SUMMARIES.publish, "publish", "published"),
    ...(def.mode !== "signal" && {
      [`${id}.history`]: request(at, SUMMARIES.history, "history", "historyResult"),
    }),
    ...(def.presence && {
      [`${id}.presence`]: request(at, SUMMARIES.presence, "presence", "presenceResult"),
    }),
    [`${id}.deliver`]: {
      action: "send",
      channel: at.channel,
      summary: "Delivers what was published to those who subscribed.",
      messages: at.messages("event", ...(isState(def) ? ["patch"] : [])),
    },
  };
}

function subscribed({ mode }: ChannelDef, payload: Ref): AsyncApiMessage {
  switch (mode) {
    case "latest":
      return refined("subscribed", { snapshot: payload });
    case "table":
      return refined("subscribed", { snapshot: { type: "array", items: payload } });
    case "log":
      return refined("subscribed", { snapshot: { type: "array", items: stored(payload) } });
    case "signal":
      return wireMessage("subscribed");
    default:
      return mode satisfies never;
  }
}

function history(payload: Ref): Record<string, AsyncApiMessage> {
  const events = { type: "array", items: stored(payload) };
  const data = {
    allOf: [{ $ref: `${SCHEMAS}/historyResult` }, { type: "object", properties: { events } }],
  };
  return {
    history: wireMessage("history"),
    historyResult: { ...refined("result", { data }), name: "historyResult" },
  };
}

function presence(): Record<string, AsyncApiMessage> {
  const data = { $ref: `${SCHEMAS}/presenceResult` };
  return {
    presence: wireMessage("presence"),
    presenceResult: { ...refined("result", { data }), name: "presenceResult" },
  };
}

function stored(payload: Ref): JsonSchema {
  return {
    type: "object",
    properties: { offset: { type: "integer" }, data: payload, timestamp: { type: "number" } },
    required: ["offset", "data", "timestamp"],
  };
}
