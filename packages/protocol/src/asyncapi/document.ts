import type { JsonSchema } from "./json-schema.js";

/** A pointer to another part of the document. */
export interface Ref {
  readonly $ref: string;
}

/** What stands at the top of the document. */
export interface ContractInfo {
  readonly title: string;
  /** Version of the contract, not of the wire. */
  readonly version: string;
  readonly description?: string;
}

/** One message: a name and the schema of the whole frame. */
export interface AsyncApiMessage {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonSchema;
}

/** One address and the messages that go over it. */
export interface AsyncApiChannel {
  /** `null` for messages that are about no channel. */
  readonly address: string | null;
  readonly description: string;
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
  readonly messages: Readonly<Record<string, AsyncApiMessage | Ref>>;
}

/** What the server does: `receive` from clients, `send` to them. */
export interface AsyncApiOperation {
  readonly action: "send" | "receive";
  readonly channel: Ref;
  readonly summary: string;
  readonly messages: readonly Ref[];
  readonly reply?: { readonly channel: Ref; readonly messages: readonly Ref[] };
}

/** An AsyncAPI 3.0 document, as far as a contract fills one. */
export interface AsyncApiDocument {
  readonly asyncapi: "3.0.0";
  readonly info: ContractInfo;
  readonly defaultContentType: "application/json";
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}
