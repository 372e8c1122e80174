import type { AsyncApiMessage, AsyncApiOperation, Ref } from "./document.js";
import type { JsonSchema } from "./json-schema.js";
import type { MessageType } from "./message-schemas.js";
import { SUMMARIES } from "./summaries.js";

/** Where the schemas of a document stand. */
export const SCHEMAS = "#/components/schemas";

/** A message as it is for every contract. */
export function wireMessage(type: MessageType): AsyncApiMessage {
  return { name: type, summary: SUMMARIES[type], payload: { $ref: `${SCHEMAS}/${type}` } };
}

/** A message of the wire whose open fields are filled in. */
export function refined(type: MessageType, properties: JsonSchema): AsyncApiMessage {
  const { name, summary, payload } = wireMessage(type);
  return { name, summary, payload: { allOf: [payload, { type: "object", properties }] } };
}

/** References to one channel of the document and to its messages. */
export interface Place {
  readonly channel: Ref;
  messages(...names: string[]): Ref[];
}

/** The place of one channel. */
export function messagesOf(channel: string): Place {
  const home = `#/channels/${channel}`;
  return {
    channel: { $ref: home },
    messages: (...names) => names.map((name) => ({ $ref: `${home}/messages/${name}` })),
  };
}

/** What a client asks and is answered on one channel. */
export function request(
  at: Place,
  summary: string,
  asked: string,
  answered: string,
): AsyncApiOperation {
  return {
    action: "receive",
    channel: at.channel,
    summary,
    messages: at.messages(asked),
    reply: { channel: at.channel, messages: at.messages(answered) },
  };
}

/** A name of the contract as AsyncAPI and a JSON pointer let one be written. */
export function safe(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, (sign) => `_${sign.charCodeAt(0)}_`);
}
