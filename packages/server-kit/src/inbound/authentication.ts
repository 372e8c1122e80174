import { type ClientMessageOf, CloseCode } from "@tocsin/protocol";
import { type Connection, principalOf, send } from "../connection/connection.js";
import type { Authenticate, Principal } from "./policy.js";
import { errorMessage } from "./refusal.js";
import { type Rejection, whose } from "./rejections.js";

/** What the authentication of a connection needs. */
export interface AuthenticationParts {
  readonly authenticate: Authenticate | undefined;
  /** It is now known whose the connection is. */
  onIdentified(connection: Connection): void;
  /** Ends the connection. */
  close(connection: Connection, code: CloseCode, reason: string): void;
  /** Something was turned away. */
  reject(rejection: Rejection): void;
}

/**
 * Handles `auth`: the first one says who this is, later ones refresh the right in place. The first token that
 * does not verify ends the connection; so does a later one that belongs to somebody else.
 *
 * @returns whether it refreshed a right that was there before.
 */
export async function handleAuth(
  { authenticate, onIdentified, close, reject }: AuthenticationParts,
  connection: Connection,
  { id, token }: ClientMessageOf<"auth">,
): Promise<boolean> {
  const before = connection.identity;
  const deny = (code: CloseCode, reason: "bad-token" | "user-changed", text: string): false => {
    reject({ stage: "auth", reason, code, ...whose(connection) });
    close(connection, code, text);
    return false;
  };
  if (!authenticate || before.status === "anonymous") {
    reject({ stage: "message", reason: "unsupported", ...whose(connection) });
    send(
      connection,
      errorMessage(
        { code: "unsupported", message: "this server asks nobody who they are; leave auth out" },
        id,
      ),
    );
    return false;
  }
  const known = principalOf(connection);
  const deadline = before.status === "known" ? Number.POSITIVE_INFINITY : before.deadline;
  connection.identity = { status: "proving", deadline, known };
  let principal: Principal | null;
  try {
    principal = await authenticate({ token, request: connection.request });
  } catch (err) {
    connection.identity = before;
    reject({ stage: "auth", reason: "unavailable", err, ...whose(connection) });
    send(
      connection,
      errorMessage(
        { code: "unavailable", message: "the token could not be checked; try again" },
        id,
      ),
    );
    return false;
  }
  if (connection.closing) return false;
  if (!principal) return deny(CloseCode.Unauthorized, "bad-token", "the token does not verify");
  if (known && known.userId !== principal.userId) {
    return deny(CloseCode.BadRequest, "user-changed", "a connection cannot change its user");
  }
  connection.identity = { status: "known", principal };
  onIdentified(connection);
  send(connection, {
    type: "authenticated",
    ...(id !== undefined && { id }),
    userId: principal.userId,
    ...(principal.expiresAt !== undefined && { expiresAt: principal.expiresAt }),
  });
  return known !== undefined;
}
