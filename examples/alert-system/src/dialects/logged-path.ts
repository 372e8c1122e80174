import type { Dialect } from "@tocsin/server-kit";

const TOKEN = "{token}";

/**
 * A path as it may be logged: without query, and with `{token}` where a dialect has a token. The hub does this for
 * sockets; a web server that logs requests needs it for whoever asks for such an address as if it were a page (A20).
 */
export function loggedPath(url: string, dialects: readonly Pick<Dialect, "path">[]): string {
  const [path = ""] = url.split("?", 1);
  for (const dialect of dialects) {
    if (!dialect.path.endsWith(TOKEN)) continue;
    const before = dialect.path.slice(0, -TOKEN.length);
    if (path.startsWith(before) && path !== before) return dialect.path;
  }
  return path;
}
