export {
  ConnectionIndicator,
  type ConnectionIndicatorProps,
  type IndicatorInfo,
} from "./connection-indicator.js";
export {
  type Register,
  type RegisteredContract,
  TocsinProvider,
  type TocsinProviderProps,
  useTocsinClient,
} from "./provider.js";
export type { ChannelState, ChannelStatus } from "./store.js";
export { type CallState, useCall } from "./use-call.js";
export {
  type LatestState,
  type LogEntry,
  type LogState,
  type MaybeRef,
  type TableState,
  type UseLogOptions,
  useLatest,
  useLog,
  useTable,
} from "./use-channel.js";
export { type ConnectionInfo, useConnection } from "./use-connection.js";
