import type { IncomingMessage, Server } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Codec } from "@tocsin/protocol";
import { type ServerOptions, WebSocketServer } from "ws";
import { type Clock, systemClock } from "../clock.js";
import type { Dialect } from "../connection/dialect.js";
import type { Socket } from "../connection/socket.js";
import type { UpgradeInfo } from "../inbound/policy.js";
import type { RejectionReason } from "../inbound/rejections.js";
import { handshakeFault } from "./handshake.js";
import { watchHeads } from "./head-watch.js";
import { type AllowedOrigins, originAllowed } from "./origin.js";
import { createRoutes, type Route } from "./routes.js";
import type { WsSocketOptions } from "./socket-options.js";
import { wsSocket } from "./socket-ws.js";
import { upgradeInfo } from "./upgrade-info.js";

/** What an upgrade is turned away with. */
export interface TurnedAway {
  /** What it is counted and logged as. */
  readonly fault: RejectionReason<"upgrade">;
  /** HTTP status. Browsers do not show it to the page; other clients do. */
  readonly status: number;
  /** Told to the peer. */
  readonly reason: string;
  readonly retryAfterSeconds?: number;
  /** What failed, where the fault is the server's own. For the log. */
  readonly err?: unknown;
}

/** A place in the hub, kept while the handshake runs. */
export interface Reserved {
  /** The handshake is done. With a dialect, `codec` is the one that {@link dialectCodec} made of it. */
  open(socket: Socket, codec: Codec, dialect?: Dialect): void;
  /** The handshake failed. */
  cancel(): void;
}

/** What the transport asks the hub. */
export interface Gate {
  readonly codecs: readonly Codec[];
  readonly origins: AllowedOrigins;
  readonly maxMessageBytes: number;
  /**
   * Decides on one upgrade, before anything is promised to the peer. `token` is what stood in the path of a dialect,
   * and is left out of `request`. Must not reject.
   */
  reserve(request: UpgradeInfo, token?: string): Promise<Reserved | TurnedAway>;
  /** An upgrade was turned away. Without a status it was the HTTP server that did it. */
  turnedAway(request: UpgradeInfo, why: Pick<TurnedAway, "fault"> & Partial<TurnedAway>): void;
}

/** Where sockets are accepted. */
export interface AttachOptions extends WsSocketOptions {
  /** Path of the socket, compared whole and without query. Default `"/ws"`. */
  readonly path?: string;
  /** Formats of others, each on a path of its own. Default: none. */
  readonly dialects?: readonly Dialect[];
  /**
   * How long a new connection may take to make its first request, in milliseconds. It holds for all connections of
   * the server, as nobody can know what an unfinished request is for. Default 10,000; 0 leaves it to the server's own
   * `headersTimeout`.
   */
  readonly headTimeoutMs?: number;
}

/** A hub on a server. Closing it stops new sockets; open ones live on. */
export interface Attachment extends Disposable {
  /** Stops taking sockets. */
  close(): void;
}

/** Closing handshakes of broken connections, in milliseconds; what the hub closes it cuts off after as long. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Pieces one message may come in: fragments of a message, and reads of a frame. Each is kept until the last is there,
 * and costs far more than the byte it may hold.
 */
const MAX_FRAGMENTS = 1_024;
const MAX_READS = 4_096;

/**
 * Accepts WebSockets on a `node:http` or `node:https` server. Upgrades to other paths are left to whoever
 * else listens for them, and answered with 404 when nobody does.
 */
export function attachWebSocket(
  server: Pick<Server, "on" | "off" | "listenerCount">,
  gate: Gate,
  {
    path = "/ws",
    dialects = [],
    headTimeoutMs = 10_000,
    directWrites = "auto",
  }: AttachOptions = {},
  clock: Pick<Clock, "after"> = systemClock,
): Attachment {
  const routeOf = createRoutes(path, dialects);
  const byName = new Map(gate.codecs.map((codec) => [codec.subprotocol, codec]));
  const fallback = gate.codecs[0];
  const settings: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: gate.maxMessageBytes,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_READS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (offered) => [...offered].find((name) => byName.has(name)) ?? false,
  };
  const webSockets = new WebSocketServer(settings);
  const foreign = new WebSocketServer({ ...settings, handleProtocols: () => false });

  const turnAway = (info: UpgradeInfo, stream: Duplex, why: TurnedAway): void => {
    gate.turnedAway(info, why);
    refuse(stream, why);
  };

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    watch?.heard(request);
    const info = upgradeInfo(request);
    const route = routeOf(info.path);
    if (!route && server.listenerCount("upgrade") > 1) return;
    stream.on("error", () => {}); // a peer that resets in mid-handshake is no error of ours
    if (route) void admit(route, { ...info, path: route.path }, request, stream, head);
    else turnAway(info, stream, { fault: "no-such-path", status: 404, reason: "no socket here" });
  };

  const admit = async (
    { token, spoken }: Route,
    info: UpgradeInfo,
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ) => {
    const fault = originFault(info, gate.origins) ?? handshakeFault(request);
    const answer = fault ?? (await gate.reserve(info, token));
    if ("status" in answer) return turnAway(info, stream, answer);
    if (stream.destroyed) return answer.cancel();
    stream.once("close", answer.cancel); // harmless once open
    const accepting = spoken ? foreign : webSockets;
    accepting.handleUpgrade(request, stream, head, (webSocket) => {
      stream.off("close", answer.cancel);
      const codec = spoken?.codec ?? byName.get(webSocket.protocol || undefined) ?? fallback;
      const socket = () => wsSocket(webSocket, stream, { directWrites });
      if (codec) answer.open(socket(), codec, spoken?.dialect);
      else webSocket.terminate();
    });
  };

  const watch =
    headTimeoutMs > 0
      ? watchHeads(server, {
          clock,
          withinMs: headTimeoutMs,
          onFault: (fault, remoteAddress) =>
            gate.turnedAway({ path: "", headers: {}, remoteAddress }, { fault }),
        })
      : undefined;
  server.on("upgrade", onUpgrade);
  const close = () => {
    server.off("upgrade", onUpgrade);
    watch?.stop();
  };
  return { close, [Symbol.dispose]: close };
}

function originFault({ headers }: UpgradeInfo, origins: AllowedOrigins): TurnedAway | undefined {
  if (originAllowed(headers.origin, headers.host, origins)) return undefined;
  return { fault: "origin", status: 403, reason: "this origin may not connect" };
}

function refuse(stream: Duplex, { status, reason, retryAfterSeconds }: TurnedAway): void {
  const retry = retryAfterSeconds === undefined ? "" : `Retry-After: ${retryAfterSeconds}\r\n`;
  const version = status === 426 ? "Sec-WebSocket-Version: 13\r\n" : "";
  stream.once("finish", () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(reason)}\r\n${retry}${version}\r\n${reason}`,
  );
}
