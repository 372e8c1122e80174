import type { UpgradeInfo } from "../inbound/policy.js";

/** The body of a request, as far as its framework has read it already. */
export type HttpBody =
  | { readonly is: "bytes"; readonly bytes: Uint8Array }
  /** Parsed by the framework, within its own limit. */
  | { readonly is: "parsed"; readonly value: unknown }
  | { readonly is: "too-large" };

/** A request, whichever framework took it. */
export interface HttpRequest {
  readonly info: UpgradeInfo;
  /** Reads the body, at most `limit` bytes of it. */
  body(limit: number): Promise<HttpBody>;
}

/** What is answered. `body` is sent as JSON. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One route, for a framework to mount. `handle` never rejects. */
export interface HttpRoute {
  readonly method: "get" | "post";
  readonly path: string;
  handle(request: HttpRequest): Promise<HttpReply>;
}
