import type { IncomingMessage, Server } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Codec } from "@tocsin/protocol";
import { WebSocketServer } from "ws";
import type { Socket } from "../connection/socket.js";
import type { UpgradeInfo } from "../inbound/policy.js";
import { type AllowedOrigins, originAllowed } from "./origin.js";
import { wsSocket } from "./socket-ws.js";
import { upgradeInfo } from "./upgrade-info.js";

/** What an upgrade is turned away with. */
export interface TurnedAway {
  /** HTTP status. Browsers do not show it to the page; other clients do. */
  readonly status: number;
  readonly reason: string;
  readonly retryAfterSeconds?: number;
}

/** A place in the hub, kept while the handshake runs. */
export interface Reserved {
  /** The handshake is done. */
  open(socket: Socket, codec: Codec): void;
  /** The handshake failed. */
  cancel(): void;
}

/** What the transport asks the hub. */
export interface Gate {
  readonly codecs: readonly Codec[];
  readonly origins: AllowedOrigins;
  readonly maxMessageBytes: number;
  /** Decides on one upgrade, before anything is promised to the peer. Must not reject. */
  reserve(request: UpgradeInfo): Promise<Reserved | TurnedAway>;
  /** An upgrade was turned away. */
  turnedAway(request: UpgradeInfo, why: TurnedAway): void;
}

/** Where sockets are accepted. */
export interface AttachOptions {
  /** Path of the socket, compared whole and without query. Default `"/ws"`. */
  readonly path?: string;
}

/** A hub on a server. Closing it stops new sockets; open ones live on. */
export interface Attachment extends Disposable {
  /** Stops taking sockets. */
  close(): void;
}

/**
 * Accepts WebSockets on a `node:http` or `node:https` server. Upgrades to other paths are left to whoever
 * else listens for them, and answered with 404 when nobody does.
 */
export function attachWebSocket(
  server: Pick<Server, "on" | "off" | "listenerCount">,
  gate: Gate,
  { path = "/ws" }: AttachOptions = {},
): Attachment {
  const byName = new Map(gate.codecs.map((codec) => [codec.subprotocol, codec]));
  const fallback = gate.codecs[0];
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: gate.maxMessageBytes,
    handleProtocols: (offered) => [...offered].find((name) => byName.has(name)) ?? false,
  });

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const info = upgradeInfo(request);
    if (info.path !== path) {
      if (server.listenerCount("upgrade") === 1)
        refuse(stream, { status: 404, reason: "no socket here" });
      return;
    }
    stream.on("error", () => {}); // a peer that resets in mid-handshake is no error of ours
    void admit(info, request, stream, head);
  };

  const admit = async (
    info: UpgradeInfo,
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ) => {
    const answer = originAllowed(info.headers.origin, info.headers.host, gate.origins)
      ? await gate.reserve(info)
      : { status: 403, reason: "this origin may not connect" };
    if ("status" in answer) {
      gate.turnedAway(info, answer);
      refuse(stream, answer);
      return;
    }
    if (stream.destroyed) return answer.cancel();
    stream.once("close", answer.cancel); // harmless once open
    webSockets.handleUpgrade(request, stream, head, (webSocket) => {
      stream.off("close", answer.cancel);
      const codec = byName.get(webSocket.protocol || undefined) ?? fallback;
      if (codec) answer.open(wsSocket(webSocket, stream), codec);
      else webSocket.terminate();
    });
  };

  server.on("upgrade", onUpgrade);
  const close = () => void server.off("upgrade", onUpgrade);
  return { close, [Symbol.dispose]: close };
}

function refuse(stream: Duplex, { status, reason, retryAfterSeconds }: TurnedAway): void {
  const retry = retryAfterSeconds === undefined ? "" : `Retry-After: ${retryAfterSeconds}\r\n`;
  stream.once("finish", () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(reason)}\r\n${retry}\r\n${reason}`,
  );
}
