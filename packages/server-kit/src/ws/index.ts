export {
  type Attachment,
  type AttachOptions,
  attachWebSocket,
  type Gate,
  type Reserved,
  type TurnedAway,
} from "./attach.js";
export { type AllowedOrigins, originAllowed } from "./origin.js";
export { type WsSocketOptions, wsSocket } from "./socket-ws.js";
export { upgradeInfo } from "./upgrade-info.js";
