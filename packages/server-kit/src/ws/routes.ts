import type { Codec } from "@tocsin/protocol";
import { type Dialect, dialectCodec } from "../connection/dialect.js";

/** Where an upgrade leads. */
export interface Route {
  /** The path as hooks and logs may see it. */
  readonly path: string;
  /** What the client has in the place of `{token}`. */
  readonly token?: string;
  /** What is spoken there; absent where the hub's own formats are. */
  readonly spoken?: { readonly dialect: Dialect; readonly codec: Codec };
}

const TOKEN = "/{token}";

/**
 * The routes of one attachment: one path for the hub's own formats, one for each dialect.
 *
 * @throws TypeError when two have the same path, or one has a `{` that is not its last part `{token}`.
 */
export function createRoutes(
  ownPath: string,
  dialects: readonly Dialect[],
): (path: string) => Route | undefined {
  const whole = new Map<string, Route>([[ownPath, { path: ownPath }]]);
  const withToken = new Map<string, Route>();
  for (const dialect of dialects) {
    const { path } = dialect;
    const takesToken = path.endsWith(TOKEN);
    const routes = takesToken ? withToken : whole;
    const key = takesToken ? path.slice(0, -TOKEN.length) : path;
    if (key.includes("{")) {
      throw new TypeError(`the path "${path}" of a dialect may have {token} only as its last part`);
    }
    if (routes.has(key)) {
      throw new TypeError(`the path "${path}" is taken; give one of the two another "path"`);
    }
    routes.set(key, { path, spoken: { dialect, codec: dialectCodec(dialect) } });
  }
  return (path) => {
    const exact = whole.get(path);
    if (exact) return exact;
    const end = path.lastIndexOf("/");
    const route = withToken.get(path.slice(0, end));
    const token = path.slice(end + 1);
    return route && token !== "" ? { ...route, token: decoded(token) } : undefined;
  };
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token; // no token looks like that; whoever checks it says so
  }
}
