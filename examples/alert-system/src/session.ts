import { type ChannelRef, definition } from "@tocsin/protocol";
import type { Authenticate, Authorize } from "@tocsin/server-kit";
import { jwtAuthenticate } from "@tocsin/server-kit/jwt";
import { market } from "@tocsin-example/alert-contract";
import { SignJWT } from "jose";
import { strategyOwner } from "./channels/strategy-members.js";
import type { Tasks } from "./context.js";

/** How long a session token is good for, milliseconds. Clients ask for a new one before it ends. */
const SESSION_MS = 15 * 60_000;

const ISSUER = "tocsin-example";

const { channels } = market[definition];

/** A signed-in user. `expiresAt` is milliseconds since 1970. */
export interface Session {
  readonly token: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Issues the token of a user. This is a demo: whoever asks is believed. */
export async function issueSession(
  secret: Uint8Array,
  userId: string,
  now: number,
): Promise<Session> {
  // Tokens count whole seconds; rounding down never promises more than the token keeps.
  const expires = Math.floor((now + SESSION_MS) / 1_000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(ISSUER)
    .setSubject(userId)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(expires)
    .sign(secret);
  return { token, userId, expiresAt: expires * 1_000 };
}

/** Checks tokens, for the socket and for HTTP alike. Only HS256 with our secret is accepted (A16, A17). */
export function sessionAuthenticate(secret: Uint8Array, now: () => number): Authenticate {
  return jwtAuthenticate({ secret, algorithms: ["HS256"], issuer: ISSUER, now });
}

/** What decides beside the channel itself. */
export interface AccessParts {
  readonly tasks: Pick<Tasks, "progress">;
  /** Why there is no such channel; `undefined` when there is. */
  readonly missing: (channel: ChannelRef) => Promise<string | undefined>;
}

/**
 * Inbox, portfolio, tasks and strategies of a user are theirs alone; everything else may be read by everybody signed
 * in. Clients publish nothing but where they point, and that under their own name.
 */
export function createAuthorize({ tasks, missing }: AccessParts): Authorize {
  return async (request) => {
    const userId = request.principal?.userId;
    if (request.action === "call") return userId !== undefined;
    const { channel } = request;
    if (request.action === "publish" && channel.def !== channels.desk) {
      return "clients publish on desk channels only";
    }
    if (!isTheirs(channel, userId, tasks)) return "this is somebody else's";
    if (request.action === "publish" && !pointsFor(request.data, userId)) {
      return "a pointer carries the userId of whoever points";
    }
    return (await missing(channel)) ?? true;
  };
}

function isTheirs(
  { def, params }: ChannelRef,
  userId: string | undefined,
  tasks: AccessParts["tasks"],
): boolean {
  switch (def) {
    case channels.alerts:
    case channels.portfolio:
      return params.userId === userId;
    case channels.task:
      return userId !== undefined && tasks.progress(userId, params.taskId ?? "") !== undefined;
    case channels.strategy: {
      const { owner } = strategyOwner(params.name ?? "");
      return owner === undefined || owner === userId;
    }
    default:
      return true;
  }
}

function pointsFor(data: unknown, userId: string | undefined): boolean {
  return (
    typeof data === "object" &&
    data !== null &&
    "userId" in data &&
    userId !== undefined &&
    data.userId === userId
  );
}
