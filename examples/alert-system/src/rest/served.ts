import type { Clock, Dialect, Hub } from "@tocsin/server-kit";
import type { market } from "@tocsin-example/alert-contract";
import { type Answered, type Operation, Refusal } from "./operation.js";
import type { Page } from "./pages.js";
import { type Respond, refused } from "./respond.js";

/** All a web framework has to bring to the outside. */
export interface Served {
  readonly hub: Hub<typeof market>;
  /** Formats of clients that were there before, each on a path of its own. */
  readonly dialects: readonly Dialect[];
  readonly operations: readonly Operation[];
  readonly respond: Respond;
  /** The reference at `/docs`. */
  readonly pages: readonly Page[];
  /** Where the built desk lies. */
  readonly desk: string;
  /** What readiness depends on. */
  readonly checks: Readonly<Record<string, () => boolean | Promise<boolean>>>;
  /** Who may see statistics and clients of the hub. */
  readonly isOperator: (authorization: string | undefined) => Promise<boolean>;
  readonly clock: Clock;
}

/** A path as Express and Fastify write it: `/api/monitors/:id`. */
export function colonPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** What stands where nothing does. */
export function nothingHere(): Answered {
  return refused(new Refusal(404, "not-found", "there is no such page; /docs lists what there is"));
}

/** The answer to what a framework found wrong with a request before any operation saw it. */
export function misread(status: number, message: string): Answered {
  if (status >= 500) {
    return refused(new Refusal(500, "internal", "something went wrong here; try again"));
  }
  const code = status === 413 ? "too-large" : status === 415 ? "unsupported-type" : "bad-request";
  return refused(new Refusal(status, code, message, "body"));
}

/** Headers every answer has. */
export const HEADERS: Readonly<Record<string, string>> = { "x-content-type-options": "nosniff" };
