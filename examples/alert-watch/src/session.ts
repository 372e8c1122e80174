/** The server could not be reached, or is not one of ours. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** The server does not let this user in. */
export class RefusedError extends Error {
  override name = "RefusedError";
}

/** Signs in at the example server. */
export async function fetchToken(url: URL, user: string): Promise<string> {
  let response: Response;
  try {
    response = await fetch(new URL("/api/session", url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user }),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (cause) {
    throw new UnreachableError(`${url.origin} cannot be reached: ${reasonOf(cause)}`, { cause });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status >= 400 && response.status < 500) {
    throw new RefusedError(
      `${url.origin} refuses "${user}": ${messageIn(body) ?? response.status}`,
    );
  }
  const token = field(body, "token");
  if (response.ok && typeof token === "string") return token;
  throw new UnreachableError(
    `${url.origin} answers ${response.status}, but not as a Tocsin example server does`,
  );
}

/** The address of the socket beside the REST one. */
export function socketUrl(url: URL): string {
  const socket = new URL("/ws", url);
  socket.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return socket.href;
}

function reasonOf(cause: unknown): string {
  const code = field(field(cause, "cause"), "code");
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no such host";
  if (cause instanceof Error && cause.name === "TimeoutError") return "no answer within 10 s";
  return typeof code === "string" ? code : String(cause);
}

function messageIn(body: unknown): string | undefined {
  const message = field(field(body, "error"), "message");
  return typeof message === "string" ? message : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
