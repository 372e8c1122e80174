import type { z } from "zod";
import { type ApiRequest, requestJson, requestNothing, requestText } from "./http.js";
import type { SessionKeeper } from "./session.js";

/** Requests of the signed-in user. */
export interface Ask {
  json<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    request?: ApiRequest,
  ): Promise<z.output<Schema>>;
  text(path: string, request?: ApiRequest): Promise<string>;
  nothing(path: string, request: ApiRequest): Promise<void>;
}

/** Sends requests with the token of the session. */
export function createAsk(sessions: SessionKeeper): Ask {
  return {
    json: (path, schema, request) =>
      sessions.withToken((token) => requestJson(path, schema, { ...request, token })),
    text: (path, request) =>
      sessions.withToken((token) => requestText(path, { ...request, token })),
    nothing: (path, request) =>
      sessions.withToken((token) => requestNothing(path, { ...request, token })),
  };
}

/** A path with its parts percent-encoded: `path("api", "monitors", id)`. */
export function path(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join("");
}

/** A query string of what is set; `""` when nothing is. */
export function query(
  values: Readonly<Record<string, string | number | boolean | null | undefined>>,
) {
  const set = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === null || value === "" ? [] : [[name, String(value)]],
  );
  return set.length === 0 ? "" : `?${new URLSearchParams(set)}`;
}
