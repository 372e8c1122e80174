import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Hub } from "@tocsin/server-kit";
import type { AlertService, AlertStore, Playback } from "@tocsin/server-kit/alerts";
import type { market } from "@tocsin-example/alert-contract";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Book } from "../market/book.js";
import type { Publishing } from "../publishing.js";
import type { Session } from "../session.js";

/** Everything routes work with. */
export interface Context {
  readonly hub: Hub<typeof market>;
  readonly service: AlertService;
  readonly store: AlertStore;
  readonly playback: Playback;
  readonly book: Book;
  readonly publishing: Publishing;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  issueSession(userId: string): Promise<Session>;
}

/** Fastify with zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
