export {
  type Attachment,
  type AttachOptions,
  attachWebSocket,
  type Gate,
  type Reserved,
  type TurnedAway,
} from "./attach.js";
export { type AllowedOrigins, originAllowed } from "./origin.js";
export type { WsSocketOptions } from "./socket-options.js";
export { wsSocket } from "./socket-ws.js";
export { upgradeInfo } from "./upgrade-info.js";
