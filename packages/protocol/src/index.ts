export type { AddressParams, AddressTemplate, AddressValue } from "./address.js";
export {
  type ChannelDef,
  type ChannelMode,
  type ChannelOptions,
  type KeyField,
  type LogOptions,
  latest,
  log,
  type ParamsOf,
  type PayloadInputOf,
  type PayloadOf,
  type Retention,
  signal,
  type TableOptions,
  table,
} from "./channel.js";
export { type ClientMessage, type ClientMessageOf, clientMessage } from "./client-message.js";
export { CloseCode } from "./close-codes.js";
export type { Codec, Parsed } from "./codec.js";
export { jsonCodec } from "./codec-json.js";
export {
  type AnyContract,
  type ChannelDefs,
  type ChannelRef,
  type Contract,
  type ContractDefinition,
  defineContract,
  definition,
  type MethodDef,
  type MethodDefs,
  type MethodInput,
  type MethodOutput,
  type MethodsOf,
  type ModeOf,
  method,
  type RefFactory,
} from "./contract.js";
export { type Decoded, decodeClientMessage, decodeServerMessage } from "./decode.js";
export { type Duration, durationMs } from "./duration.js";
export { ERROR_CODES, type ErrorCode } from "./error-codes.js";
export { AddressError, ContractError, TocsinError } from "./errors.js";
export {
  DEFAULT_HEARTBEAT_INTERVAL_MS,
  DEFAULT_HEARTBEAT_TIMEOUT_MS,
  DEFAULT_MAX_CHANNELS,
  DEFAULT_MAX_MESSAGE_BYTES,
  DEFAULT_MAX_REPLAY,
  MAX_CHANNEL_BYTES,
  MAX_DEPTH,
  MAX_ID_LENGTH,
  MAX_KEY_LENGTH,
  MAX_TOKEN_LENGTH,
} from "./limits.js";
export {
  type InputOf,
  type OutputOf,
  type Problem,
  type Schema,
  type Validated,
  validate,
} from "./schema.js";
export {
  GAP_REASONS,
  type Gap,
  type GapReason,
  type HistoryResult,
  historyResult,
  type PresenceMember,
  presenceMember,
  RECOVERY_OUTCOMES,
  type RecoveryOutcome,
  type ServerMessage,
  type ServerMessageOf,
  type StoredEventMessage,
  serverMessage,
} from "./server-message.js";
export { PROTOCOL_VERSION, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK } from "./version.js";
export { type Position, position } from "./wire-values.js";
