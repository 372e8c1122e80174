/** Which pages may connect: `"same-host"`, a list of exact origins, or `"any"`. */
export type AllowedOrigins = "same-host" | "any" | readonly string[];

/**
 * Whether an upgrade may go on. Whole origins are compared, never their ends: `evil-example.com` is not
 * `example.com`. A request without `Origin` does not come from a page and is left to authentication.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: AllowedOrigins,
): boolean {
  if (origin === undefined || allowed === "any") return true;
  const page = parse(origin);
  if (page === undefined) return false;
  if (allowed === "same-host") return host !== undefined && page.host === host.toLowerCase();
  return allowed.some((entry) => parse(entry)?.origin === page.origin);
}

/** `null`, the origin of sandboxed frames and files, is nobody's and parses to nothing. */
function parse(origin: string): URL | undefined {
  try {
    const url = new URL(origin);
    return url.origin === "null" ? undefined : url;
  } catch {
    return undefined;
  }
}
