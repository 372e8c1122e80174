import type { z } from "zod";

/** Largest body an operation takes unless it says otherwise, bytes. */
const MAX_BODY_BYTES = 65_536;

/** What a request brings, checked by the operation's own schemas. */
export interface Asked<Params, Query, Body> {
  /** Who asks; `""` where an operation is open to everybody. */
  readonly userId: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** What an operation answers. */
export interface Answered {
  readonly status: number;
  /** Sent as JSON; absent for no content. */
  readonly body?: unknown;
  /** Sent as it stands instead of JSON, with its media type. */
  readonly text?: { readonly type: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
}

/** One thing the REST interface can do. Knows no framework. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With parameters in braces, as OpenAPI writes them: `/api/monitors/{id}`. */
  readonly path: string;
  readonly tag: string;
  /** One line, for the list of operations. */
  readonly summary: string;
  /** Whether it can be asked without a session. */
  readonly open: boolean;
  /** Whether asking twice under one `Idempotency-Key` does it once. */
  readonly idempotent: boolean;
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  /** Media types of a body that is not JSON; it reaches the operation as text. */
  readonly textBody: readonly string[];
  /** Largest body it takes, bytes. */
  readonly maxBodyBytes: number;
  /** What it answers, by status; refusals all look the same. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>;
  /** Refusals it knows beside those of bad input and missing sessions. */
  readonly refusals: readonly number[];
  run(asked: Asked<never, never, never>): Promise<Answered>;
}

/** An operation as it is written down. */
export interface OperationInput<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
> extends Pick<Operation, "method" | "path" | "tag" | "summary"> {
  readonly open?: boolean;
  readonly idempotent?: boolean;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly textBody?: readonly string[];
  readonly maxBodyBytes?: number;
  readonly answers: Operation["answers"];
  readonly refusals?: readonly number[];
  run(asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<Answered>;
}

/** Writes an operation down, so that what its schemas say is what `run` is given. */
export function operation<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(input: OperationInput<Params, Query, Body>): Operation {
  return {
    open: false,
    idempotent: false,
    params: undefined,
    query: undefined,
    body: undefined,
    textBody: [],
    maxBodyBytes: MAX_BODY_BYTES,
    refusals: [],
    ...input,
  };
}

/** A refusal an operation decides on. */
export class Refusal extends Error {
  override name = "Refusal";

  constructor(
    readonly status: number,
    /** Stable, for programs. */
    readonly code: string,
    /** What is wrong and what would be right. */
    message: string,
    /** The part of the request it is about. */
    readonly field?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** What is somebody else's answers as if it did not exist: ids tell nothing (A40). */
export function notFound(what: string): Refusal {
  return new Refusal(404, "not-found", `you have no ${what} with this id`, "id");
}
