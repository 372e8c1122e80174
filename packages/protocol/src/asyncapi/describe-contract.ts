import { type AnyContract, definition, type MethodDef } from "../contract.js";
import { PROTOCOL_VERSION } from "../version.js";
import { describeChannel } from "./describe-channel.js";
import type {
  AsyncApiChannel,
  AsyncApiDocument,
  AsyncApiMessage,
  AsyncApiOperation,
  ContractInfo,
} from "./document.js";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.js";
import { CLIENT_TYPES, SERVER_TYPES, wireSchemas } from "./message-schemas.js";
import { messagesOf, refined, request, SCHEMAS, safe, wireMessage } from "./parts.js";
import { SUMMARIES } from "./summaries.js";

/** The AsyncAPI channel of messages that are about no channel. */
const CONNECTION = "tocsin.connection"; // no name of a contract has a dot after `safe`

/**
 * Describes a contract as an AsyncAPI 3.0 document, seen from the server: it receives what clients send. The
 * messages of the wire stand under `components`, those of a channel refine them with its payload.
 */
export function describeContract(contract: AnyContract, info: ContractInfo): AsyncApiDocument {
  const { channels, methods } = contract[definition];
  const schemas: Record<string, JsonSchema> = wireSchemas(SCHEMAS);
  const described = Object.entries(channels).map(([name, def]) =>
    describeChannel(name, def, schemas),
  );
  const called = Object.entries(methods).map(([name, def]) => calls(name, def, schemas));
  return {
    asyncapi: "3.0.0",
    info: { ...info, description: info.description ?? WIRE },
    defaultContentType: "application/json",
    channels: {
      [CONNECTION]: connection(Object.assign({}, ...called.map(({ messages }) => messages))),
      ...Object.fromEntries(described.map(({ id, channel }) => [id, channel])),
    },
    operations: Object.assign(
      { ...ofConnection() },
      ...described.map(({ operations }) => operations),
      ...called.map(({ operations }) => operations),
    ),
    components: {
      messages: Object.fromEntries(
        [...CLIENT_TYPES, ...SERVER_TYPES].map((type) => [type, wireMessage(type)]),
      ),
      schemas,
    },
  };
}

const WIRE =
  `Tocsin wire, version ${PROTOCOL_VERSION}: one message a WebSocket frame, as JSON text (tocsin.v${PROTOCOL_VERSION}.json) ` +
  `or MessagePack (tocsin.v${PROTOCOL_VERSION}.msgpack). An address here is the "channel" of its messages, not a path.`;

const ABOUT_CONNECTION = [
  "auth",
  "ping",
  "connected",
  "authenticated",
  "pong",
  "error",
  "goaway",
] as const;

function connection(messages: Readonly<Record<string, AsyncApiMessage>>): AsyncApiChannel {
  const common = ABOUT_CONNECTION.map((type) => [type, { $ref: `#/components/messages/${type}` }]);
  return {
    address: null,
    description: "Messages that are about the connection, and calls of methods.",
    messages: { ...Object.fromEntries(common), ...messages },
  };
}

function ofConnection(): Readonly<Record<string, AsyncApiOperation>> {
  const at = messagesOf(CONNECTION);
  return {
    authenticate: request(at, SUMMARIES.auth, "auth", "authenticated"),
    ping: request(at, SUMMARIES.ping, "ping", "pong"),
    inform: {
      action: "send",
      channel: at.channel,
      summary: "Greets, refuses, and sends elsewhere.",
      messages: at.messages("connected", "error", "goaway"),
    },
  };
}

function calls(name: string, { input, output }: MethodDef, schemas: Record<string, JsonSchema>) {
  const id = safe(name);
  const [call, result] = [`${id}.call`, `${id}.result`];
  schemas[call] = jsonSchemaOf(input, "input", `${SCHEMAS}/${call}`);
  schemas[result] = jsonSchemaOf(output, "output", `${SCHEMAS}/${result}`);
  return {
    messages: {
      [call]: refined("call", { method: { const: name }, params: { $ref: `${SCHEMAS}/${call}` } }),
      [result]: refined("result", { data: { $ref: `${SCHEMAS}/${result}` } }),
    },
    operations: { [call]: request(messagesOf(CONNECTION), `Calls ${name}.`, call, result) },
  };
}
