import { type ClientMessageOf, CloseCode } from "@tocsin/protocol";
import { type Connection, principalOf, send } from "../connection/connection.js";
import type { Authenticate, Principal } from "./policy.js";
import { errorMessage } from "./refusal.js";

/** What the authentication of a connection needs. */
export interface AuthenticationParts {
  readonly authenticate: Authenticate | undefined;
  /** It is now known whose the connection is. */
  onIdentified(connection: Connection): void;
  /** Ends the connection. */
  close(connection: Connection, code: CloseCode, reason: string): void;
}

/**
 * Handles `auth`: the first one says who this is, later ones refresh the right in place. The first token that
 * does not verify ends the connection; so does a later one that belongs to somebody else.
 */
export async function handleAuth(
  { authenticate, onIdentified, close }: AuthenticationParts,
  connection: Connection,
  { id, token }: ClientMessageOf<"auth">,
): Promise<void> {
  const before = connection.identity;
  if (!authenticate || before.status === "anonymous") {
    send(
      connection,
      errorMessage(
        { code: "unsupported", message: "this server asks nobody who they are; leave auth out" },
        id,
      ),
    );
    return;
  }
  const known = principalOf(connection);
  const deadline = before.status === "known" ? Number.POSITIVE_INFINITY : before.deadline;
  connection.identity = { status: "proving", deadline, known };
  let principal: Principal | null;
  try {
    principal = await authenticate({ token, request: connection.request });
  } catch {
    connection.identity = before;
    send(
      connection,
      errorMessage(
        { code: "unavailable", message: "the token could not be checked; try again" },
        id,
      ),
    );
    return;
  }
  if (connection.closing) return;
  if (!principal) return close(connection, CloseCode.Unauthorized, "the token does not verify");
  if (known && known.userId !== principal.userId) {
    return close(connection, CloseCode.BadRequest, "a connection cannot change its user");
  }
  connection.identity = { status: "known", principal };
  onIdentified(connection);
  send(connection, {
    type: "authenticated",
    ...(id !== undefined && { id }),
    userId: principal.userId,
    ...(principal.expiresAt !== undefined && { expiresAt: principal.expiresAt }),
  });
}
