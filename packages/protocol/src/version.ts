/** Wire version spoken by this package. A change that breaks an older peer changes this number. */
export const PROTOCOL_VERSION = 1;

/** WebSocket subprotocol of text frames holding JSON. Also what a peer without a subprotocol gets. */
export const SUBPROTOCOL_JSON = "tocsin.v1.json";

/** WebSocket subprotocol of binary frames holding MessagePack. */
export const SUBPROTOCOL_MSGPACK = "tocsin.v1.msgpack";
