import type { $ZodType } from "zod/v4/core";
import { type ClientMessage, clientMessage } from "../client-message.js";
import {
  historyResult,
  presenceMember,
  type ServerMessage,
  serverMessage,
} from "../server-message.js";
import { PROTOCOL_VERSION } from "../version.js";
import { type JsonSchema, zodJsonSchema } from "./json-schema.js";

/** Name of every message of the wire. */
export type MessageType = ClientMessage["type"] | ServerMessage["type"];

/** The messages a client sends. */
export const CLIENT_TYPES = clientMessage.def.options.flatMap(({ shape }) => shape.type.def.values);

/** The messages a server sends. */
export const SERVER_TYPES = serverMessage.def.options.flatMap(({ shape }) => shape.type.def.values);

/**
 * The JSON Schema of each message by its type, and of the data of the two results that no contract describes.
 *
 * @param home - Where they will stand, so that their references hold.
 */
export function wireSchemas(home: string): Record<string, JsonSchema> {
  const options = [...clientMessage.def.options, ...serverMessage.def.options];
  const byType = options.map((option) => {
    const [type] = option.shape.type.def.values;
    return [type, wireSchema(option, `${home}/${type}`)];
  });
  const members = { type: "array", items: wireSchema(presenceMember, `${home}/presenceResult`) };
  return {
    ...Object.fromEntries(byType),
    historyResult: wireSchema(historyResult, `${home}/historyResult`),
    presenceResult: { type: "object", properties: { members }, required: ["members"] },
  };
}

/**
 * JSON Schema of the whole wire, for any contract: what a client may send and what a server may send. Payloads
 * are left open; `describeContract` fills them in.
 */
export function messageSchemas(): JsonSchema {
  const home = "#/definitions";
  const refs = (types: readonly string[]) => types.map((type) => ({ $ref: `${home}/${type}` }));
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Messages of the Tocsin wire, version ${PROTOCOL_VERSION}`,
    anyOf: refs(["client", "server"]),
    definitions: {
      client: { description: "All a client may send.", oneOf: refs(CLIENT_TYPES) },
      server: { description: "All a server may send.", oneOf: refs(SERVER_TYPES) },
      ...wireSchemas(home),
    },
  };
}

function wireSchema(schema: $ZodType, home: string): JsonSchema {
  return zodJsonSchema(schema, "input", home);
}
