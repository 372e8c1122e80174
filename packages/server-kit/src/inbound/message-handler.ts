import {
  type ClientMessage,
  CloseCode,
  decodeClientMessage,
  type ServerMessage,
  TocsinError,
} from "@tocsin/protocol";
import { type Connection, send } from "../connection/connection.js";
import type { Conversation, Understood } from "../connection/dialect.js";
import { UnwritableError } from "../connection/frame.js";
import { InvalidPublishError, PublishFailedError } from "../publish/errors.js";
import { type AuthenticationParts, handleAuth } from "./authentication.js";
import type { HandlerContext } from "./context.js";
import { UNWRITABLE } from "./ending.js";
import { handlers } from "./handlers.js";
import { type KeyedQueue, runInOrder } from "./keyed-queue.js";
import { type TokenBucket, tokenBucket } from "./rate-limit.js";
import { recheck } from "./recheck.js";
import { errorMessage, invalid, type Refusal, Refused } from "./refusal.js";
import { type RejectionDetails, whose } from "./rejections.js";

/** Turns what a client sends into what it is answered. */
export interface MessageHandler {
  /** Does what a dialect does unasked. Call once the connection has been greeted. */
  begin(connection: Connection): void;
  /** Takes one data frame. Never throws: what is wrong with the frame is said to its sender. */
  handle(connection: Connection, frame: string | Uint8Array): void;
  /** Lets go of what it knows about a connection. */
  forget(connection: Connection): void;
}

/** What a message handler works with. */
export interface MessageHandlerParts extends AuthenticationParts {
  readonly context: HandlerContext;
  readonly rate: { readonly messagesPerSecond: number; readonly burst: number };
}

/** Nonsense in a row that ends a connection. */
const MAX_STRIKES = 10;

/** What is kept of one connection between its messages. Most say nothing most of the time, and cost next to nothing then. */
interface Desk extends KeyedQueue {
  readonly bucket: TokenBucket;
  openIds: Set<string> | undefined;
  /** Sent while a token was being looked at. */
  waiting: ClientMessage[] | undefined;
}

/** Decode, limit, authenticate, then hand to the handler of the message's type and send its answer. */
export function createMessageHandler(parts: MessageHandlerParts): MessageHandler {
  const { context, rate } = parts;
  const desks = new Map<Connection, Desk>();

  const deskOf = (connection: Connection): Desk => {
    const known = desks.get(connection);
    if (known) return known;
    const bucket = tokenBucket(
      { ratePerSecond: rate.messagesPerSecond, burst: rate.burst },
      context.clock.now(),
    );
    const desk: Desk = { bucket, openIds: undefined, tails: undefined, waiting: undefined };
    desks.set(connection, desk);
    return desk;
  };

  const reply = (connection: Connection, message: ServerMessage): void => {
    if (send(connection, message) === "overflow") context.onOverflow(connection);
    context.turn.touch(connection.outbox);
  };

  const refuse = (
    connection: Connection,
    refusal: Refusal,
    id: string | undefined,
    details: RejectionDetails = {},
  ): void => {
    parts.reject({ stage: "message", reason: refusal.code, ...whose(connection), ...details });
    try {
      reply(connection, errorMessage(refusal, id));
    } catch (error) {
      giveUp(connection, error);
    }
  };

  /** A codec that cannot even say what is wrong: there is no use in going on. */
  const giveUp = (connection: Connection, err: unknown): void => {
    const code = CloseCode.ServerError;
    parts.reject({ stage: "message", reason: "unsupported", code, err, ...whose(connection) });
    parts.close(connection, code, UNWRITABLE);
  };

  const strike = (connection: Connection, decoded: Understood & { ok: false }): void => {
    connection.strikes += 1;
    const refusal = invalid(decoded.why, decoded.problem);
    if (connection.strikes < MAX_STRIKES) return refuse(connection, refusal, decoded.id);
    const code = CloseCode.BadRequest;
    refuse(connection, refusal, decoded.id, { code });
    context.turn.flush(); // the last words first
    parts.close(connection, code, "too many messages that make no sense");
  };

  const carryOut = async (connection: Connection, message: Work): Promise<void> => {
    try {
      const answer = await dispatch(context, connection, message);
      if (answer) reply(connection, answer);
    } catch (error) {
      const refusal = { ...channelOf(message), ...refusalOf(error) };
      refuse(connection, refusal, message.id, isOurFault(error, refusal) ? { err: error } : {});
    }
  };

  const accept = (connection: Connection, desk: Desk, message: Work): void => {
    const { id } = message;
    if (id !== undefined && desk.openIds?.has(id)) {
      const problem = { field: "id", message: "is in use by a request that is still open" };
      refuse(connection, invalid("duplicate-id", problem), id);
      return;
    }
    if (id !== undefined) desk.openIds = (desk.openIds ?? new Set()).add(id);
    const task = async () => {
      if (!connection.closing) await carryOut(connection, message);
      if (id !== undefined) desk.openIds?.delete(id);
      if (desk.openIds?.size === 0) desk.openIds = undefined;
    };
    // One channel's requests keep their order; calls wait for nothing.
    if ("channel" in message) runInOrder(desk, message.channel, task);
    else void task();
  };

  const admit = (connection: Connection, desk: Desk, message: ClientMessage): void => {
    if (connection.identity.status === "proving") {
      desk.waiting = [...(desk.waiting ?? []), message]; // bounded by the rate limit and the time a token check takes
      return;
    }
    if (message.type === "auth") {
      handleAuth(parts, connection, message)
        .then((refreshed) => {
          context.turn.touch(connection.outbox);
          const waiting = desk.waiting ?? [];
          desk.waiting = undefined;
          for (const next of waiting) if (!connection.closing) admit(connection, desk, next);
          return refreshed ? recheck(context, connection, parts.reject) : undefined;
        })
        .catch((error) => giveUp(connection, error));
      return;
    }
    if (connection.identity.status === "unproven") {
      const code = CloseCode.Unauthorized;
      parts.reject({ stage: "auth", reason: "first-message", code, ...whose(connection) });
      parts.close(connection, code, "the first message must be auth");
      return;
    }
    accept(connection, desk, message);
  };

  /** Counts messages against the rate; one that says too much is sent away. */
  const mayGoOn = (connection: Connection, { bucket }: Desk, messages: number): boolean => {
    const taken = bucket.take(messages, context.clock.now());
    if (taken.allowed) return true;
    const { retryAfterMs } = taken;
    const message = `more than ${rate.messagesPerSecond} messages a second; come back in ${retryAfterMs} ms`;
    const refusal: Refusal = { code: "rate-limited", message, retryAfterMs };
    refuse(connection, refusal, undefined, { code: CloseCode.RateLimited });
    context.turn.flush();
    parts.close(connection, CloseCode.RateLimited, "too many messages");
    return false;
  };

  const converse = (
    connection: Connection,
    desk: Desk,
    conversation: Conversation,
    frame: string | Uint8Array,
  ): void => {
    let understood: Understood;
    try {
      understood = conversation.decode(frame);
    } catch (error) {
      refuse(connection, refusalOf(error), undefined, { err: error });
      return;
    }
    if (!understood.ok) {
      strike(connection, understood);
      return;
    }
    connection.strikes = 0;
    const { messages } = understood;
    if (messages.length > 1 && !mayGoOn(connection, desk, messages.length - 1)) return;
    for (const message of messages) if (!connection.closing) admit(connection, desk, message);
  };

  return {
    begin(connection) {
      const first = connection.conversation?.first ?? [];
      if (first.length === 0) return;
      const desk = deskOf(connection);
      for (const message of first) if (!connection.closing) admit(connection, desk, message);
    },
    handle(connection, frame) {
      if (connection.closing) return;
      const desk = deskOf(connection);
      if (!mayGoOn(connection, desk, 1)) return;
      if (connection.conversation) {
        converse(connection, desk, connection.conversation, frame);
        return;
      }
      const decoded = decodeClientMessage(connection.codec, frame);
      if (!decoded.ok) {
        strike(connection, decoded);
        return;
      }
      connection.strikes = 0;
      admit(connection, desk, decoded.message);
    },
    forget: (connection) => void desks.delete(connection),
  };
}

type Work = Exclude<ClientMessage, { type: "auth" }>;

/** The switch lets the compiler see that each handler gets its own message. */
function dispatch(
  context: HandlerContext,
  connection: Connection,
  message: Work,
): Promise<ServerMessage | undefined> {
  switch (message.type) {
    case "subscribe":
      return handlers.subscribe(context, connection, message);
    case "unsubscribe":
      return handlers.unsubscribe(context, connection, message);
    case "publish":
      return handlers.publish(context, connection, message);
    case "call":
      return handlers.call(context, connection, message);
    case "history":
      return handlers.history(context, connection, message);
    case "presence":
      return handlers.presence(context, connection, message);
    case "ping":
      return handlers.ping(context, connection, message);
    default:
      return message satisfies never;
  }
}

/** Whether somebody on this side should look at what led to an answer. */
function isOurFault(error: unknown, { code }: Refusal): boolean {
  return code === "internal" || error instanceof UnwritableError;
}

function channelOf(message: Work): { channel?: string } {
  return "channel" in message ? { channel: message.channel } : {};
}

/** Errors that are meant for the client become what they say; all others are the server's own business. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof InvalidPublishError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.field && { details: { field: error.field } }),
    };
  }
  if (error instanceof PublishFailedError) return { code: error.code, message: error.message };
  if (error instanceof TocsinError && error.retryable) {
    return { code: "unavailable", message: "cannot be answered just now; try again in a moment" };
  }
  if (error instanceof UnwritableError) return { code: "unsupported", message: UNWRITABLE };
  return { code: "internal", message: "the server failed to answer; the request may be repeated" };
}
