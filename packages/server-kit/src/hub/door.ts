import {
  type AnyContract,
  CloseCode,
  type Codec,
  PROTOCOL_VERSION,
  type ServerMessageOf,
} from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import {
  beginClose,
  type Connection,
  createConnection,
  type Identity,
  principalOf,
  send,
} from "../connection/connection.js";
import type { Admission, ConnectionManager } from "../connection/connection-manager.js";
import type { Conversation, Dialect } from "../connection/dialect.js";
import type { FrameFault } from "../connection/frame-fault.js";
import type { HeartbeatSettings } from "../connection/heartbeat.js";
import { closeOutbox } from "../connection/outbox.js";
import type { Socket } from "../connection/socket.js";
import type { Authenticate, Principal, UpgradeInfo } from "../inbound/policy.js";
import { type Rejections, whose } from "../inbound/rejections.js";
import type { HubLimits } from "../limits.js";
import type { Logger } from "../logger.js";
import type { Turn } from "../outbound/turn.js";
import type { Gate, TurnedAway } from "../ws/attach.js";
import type { AllowedOrigins } from "../ws/origin.js";
import type { ComeBack } from "./come-back.js";
import { ConnectionListener, type ListenerParts } from "./connection-listener.js";
import { createTurnstile } from "./turnstile.js";

/** Where connections come in and go out. */
export interface Door extends Gate {
  /** Ends a connection with a reason; one that does not answer in a second is cut off. */
  close(connection: Connection, code: number, reason: string): void;
}

/** What the door works with. */
export interface DoorParts {
  readonly contract: AnyContract;
  readonly authenticate: Authenticate | undefined;
  readonly codecs: readonly Codec[];
  readonly origins: AllowedOrigins;
  readonly limits: HubLimits;
  readonly heartbeat: HeartbeatSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  ids(): string;
  clientAddress(request: UpgradeInfo): string;
  readonly connections: ConnectionManager;
  readonly comeBack: Pick<ComeBack, "greet">;
  readonly turn: Turn;
  isDraining(): boolean;
  onFrame(connection: Connection, frame: string | Uint8Array): void;
  onOpened(connection: Connection): void;
  onClosed(connection: Connection, code: number): void;
  readonly rejections: Pick<Rejections, "reject">;
}

const LINGER_MS = 1_000;

/** Longest wait for a turn to connect: well within the patience of a client. */
const MAX_TURN_MS = 5_000;

/** Checks upgrades, makes connections of them, and sees them out. */
export function createDoor(parts: DoorParts): Door {
  const { connections, clock, limits, logger, rejections, turn } = parts;
  const turnstile = createTurnstile({
    clock,
    perSecond: limits.connectsPerSecond,
    maxWaitMs: MAX_TURN_MS,
  });

  const close = (connection: Connection, code: number, reason: string): void => {
    if (!beginClose(connection, code, reason)) return;
    logger.debug({ clientId: connection.id, code, reason }, "closing a connection");
    clock.after(LINGER_MS, () => connection.socket.terminate());
  };

  const refuse = (connection: Connection, fault: FrameFault, code: number, reason: string) => {
    if (connection.closing) return;
    rejections.reject({ stage: "frame", reason: fault, code, ...whose(connection) });
    close(connection, code, reason);
  };

  const listening: ListenerParts = {
    clock,
    turn,
    onFrame: parts.onFrame,
    refuse,
    ended(connection, code, free) {
      connection.closing = true;
      closeOutbox(connection.outbox); // lets go of what waits, and of whoever waits for it to leave
      connections.remove(connection);
      free();
      parts.onClosed(connection, connection.closeCode ?? code);
    },
  };

  const open = (
    socket: Socket,
    { codec, dialect }: { readonly codec: Codec; readonly dialect: Dialect | undefined },
    request: UpgradeInfo,
    recognised: Principal | null,
    free: () => void,
  ): void => {
    const principal = recognised ?? guestOf(parts, dialect, request);
    const id = parts.ids();
    let conversation: Conversation | undefined;
    try {
      conversation = dialect?.open({ clientId: id, request, principal });
    } catch (err) {
      logger.error({ err, path: request.path }, "a dialect could not begin a conversation");
      free();
      socket.terminate();
      return;
    }
    const connection = createConnection({
      id,
      sessionId: parts.ids(),
      request,
      codec,
      conversation,
      socket,
      now: clock.now(),
      outboxBytes: limits.outboxBytes,
      identity: identityOf(parts, principal),
    });
    socket.listen(new ConnectionListener(listening, connection, free));
    connections.add(connection);
    try {
      send(connection, greeting(parts, connection));
    } catch (error) {
      logger.error({ err: error, clientId: connection.id }, "a greeting could not be written");
      close(connection, CloseCode.ServerError, "no greeting in the format of this connection");
    }
    turn.touch(connection.outbox);
    parts.onOpened(connection); // after the greeting, before which nothing may be said
  };

  return {
    codecs: parts.codecs,
    origins: parts.origins,
    maxMessageBytes: limits.maxMessageBytes,
    close,
    async reserve(request, token) {
      if (parts.isDraining()) return RESTARTING;
      let place: Admission;
      try {
        place = connections.admit(parts.clientAddress(request));
      } catch (err) {
        return failed("the address of the client is not known", err);
      }
      if (!place.ok) return full(place);
      const wait = turnstile.pass();
      if (typeof wait === "number") {
        place.free();
        return crowded(wait);
      }
      // The place is held meanwhile: one address cannot fill the line.
      if (wait !== undefined) await wait;
      if (parts.isDraining()) {
        place.free();
        return RESTARTING;
      }
      try {
        const principal = await recognise(parts.authenticate, request, token);
        if (parts.authenticate && token !== undefined && !principal) {
          place.free();
          return BAD_TOKEN;
        }
        return {
          open: (socket, codec, dialect) =>
            open(socket, { codec, dialect }, request, principal, place.free),
          cancel: place.free,
        };
      } catch (err) {
        place.free();
        return failed("authentication is unavailable", err);
      }
    },
    turnedAway({ remoteAddress }, { fault, status, err }) {
      const known = { ...(status && { code: status }), ...(err !== undefined && { err }) };
      rejections.reject({ stage: "upgrade", reason: fault, ...known, remoteAddress });
    },
  };
}

const RESTARTING: TurnedAway = {
  fault: "draining",
  status: 503,
  reason: "the server is restarting",
  retryAfterSeconds: 1,
};

/** Said at once: a client that has its token in the path knows no other way to bring one. */
const BAD_TOKEN: TurnedAway = {
  fault: "bad-token",
  status: 401,
  reason: "the token does not verify",
};

/** A hook threw: what it was to say is not known, so nobody comes in. */
function failed(reason: string, err: unknown): TurnedAway {
  return { fault: "hook-failed", status: 503, reason, retryAfterSeconds: 1, err };
}

function crowded(waitMs: number): TurnedAway {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  const reason = "too many connect at once";
  return { fault: "crowded", status: 503, reason, retryAfterSeconds };
}

function full({ limit }: Admission & { ok: false }): TurnedAway {
  return limit === "connections"
    ? { fault: "hub-full", status: 503, reason: "too many connections", retryAfterSeconds: 5 }
    : {
        fault: "address-full",
        status: 429,
        reason: "too many connections from this address",
        retryAfterSeconds: 5,
      };
}

async function recognise(
  authenticate: Authenticate | undefined,
  request: UpgradeInfo,
  inPath: string | undefined,
) {
  if (!authenticate) return null;
  if (inPath !== undefined) return await authenticate({ token: inPath, request });
  const [scheme, token] = request.headers.authorization?.split(" ", 2) ?? [];
  const bearer = scheme?.toLowerCase() === "bearer" ? token : undefined;
  return await authenticate({ token: bearer, request });
}

/** Who brought a token is no guest, even if the token was no good. */
function guestOf(
  { authenticate }: DoorParts,
  dialect: Dialect | undefined,
  { headers }: UpgradeInfo,
): Principal | undefined {
  return authenticate && headers.authorization === undefined ? dialect?.guest : undefined;
}

function identityOf(
  { authenticate, clock, limits }: DoorParts,
  principal: Principal | undefined,
): Identity {
  if (!authenticate) return { status: "anonymous" };
  if (principal) return { status: "known", principal };
  return { status: "unproven", deadline: clock.now() + limits.authTimeoutMs };
}

function greeting(
  { clock, comeBack, heartbeat, limits }: DoorParts,
  connection: Connection,
): ServerMessageOf<"connected"> {
  const principal = principalOf(connection);
  return {
    type: "connected",
    clientId: connection.id,
    sessionId: connection.sessionId,
    protocol: PROTOCOL_VERSION,
    heartbeat,
    limits: {
      maxMessageBytes: limits.maxMessageBytes,
      channels: limits.channelsPerConnection,
      messagesPerSecond: limits.messagesPerSecond,
      maxReplay: limits.maxReplay,
    },
    ...(principal && { userId: principal.userId }),
    ...(principal?.expiresAt !== undefined && { expiresAt: principal.expiresAt }),
    ...comeBack.greet(connection),
    timestamp: clock.now(),
  };
}
