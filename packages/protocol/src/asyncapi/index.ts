export { describeContract } from "./describe-contract.js";
export type {
  AsyncApiChannel,
  AsyncApiDocument,
  AsyncApiMessage,
  AsyncApiOperation,
  ContractInfo,
  Ref,
} from "./document.js";
export type { JsonSchema } from "./json-schema.js";
export { messageSchemas } from "./message-schemas.js";
