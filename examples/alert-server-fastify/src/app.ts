import { type Clock, createHub, type HistoryStore, systemClock } from "@tocsin/server-kit";
import {
  type AlertService,
  type AlertTables,
  createAlertService,
  hubPublisher,
  kyselyAlertStore,
  replaySource,
} from "@tocsin/server-kit/alerts";
import { market, type ServiceStatus } from "@tocsin-example/alert-contract";
import Fastify, { type FastifyBaseLogger } from "fastify";
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Kysely } from "kysely";
import { createBook } from "./market/book.js";
import type { Market } from "./market/market.js";
import { createPublishing } from "./publishing.js";
import type { App, Context } from "./routes/context.js";
import { dashboardRoutes } from "./routes/dashboard.js";
import { docsRoutes } from "./routes/docs.js";
import { registerErrors } from "./routes/errors.js";
import { hubRoutes } from "./routes/hub.js";
import { monitorRoutes } from "./routes/monitors.js";
import { notificationRoutes } from "./routes/notifications.js";
import { serviceRoutes } from "./routes/service.js";
import { sessionRoutes } from "./routes/session.js";
import { symbolRoutes } from "./routes/symbols.js";
import { authorize, issueSession, sessionAuthenticate } from "./session.js";
import { historyOf } from "./setup/history.js";

/** What an application is made of; everything that tells time or keeps things is an argument. */
export interface AppOptions {
  readonly market: Market;
  readonly db: Kysely<AlertTables>;
  readonly inboxes: HistoryStore;
  readonly secret: Uint8Array;
  readonly speed: number;
  /** Where the built dashboard lies. */
  readonly dashboard: string;
  readonly logger: FastifyBaseLogger;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly maxMonitors?: number;
}

/** The whole alert system. Whoever opened the database closes it, afterwards. */
export interface AlertApp {
  readonly fastify: App;
  readonly service: AlertService;
  readonly hub: Context["hub"];
  /** Stops evaluating, hands on what was found, sends clients elsewhere, closes the server. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 65_536;

/** Wires data, alerts, hub and routes; nothing moves before the service is started. */
export async function buildApp(options: AppOptions): Promise<AlertApp> {
  const { market: data, db, secret, logger, clock = systemClock } = options;
  const now = () => clock.now();
  const book = createBook(data.instruments);
  const source = replaySource({
    series: data.series,
    sessions: data.sessions,
    from: data.startsAfter,
    speed: options.speed,
    clock,
  });
  const store = kyselyAlertStore(db, {
    now,
    ...(options.maxMonitors !== undefined && { maxMonitors: options.maxMonitors }),
  });

  const history = historyOf(options.inboxes, now);
  const hub = createHub({
    contract: market,
    authenticate: sessionAuthenticate(secret, now),
    authorize,
    history,
    clock,
    logger,
    methods: {
      async setRunning({ running }): Promise<ServiceStatus> {
        if (running) service.start();
        else await service.stop();
        await publishing.flush();
        return service.status();
      },
      async setSpeed({ speed }): Promise<ServiceStatus> {
        source.playback.setSpeed(speed);
        await publishing.flush();
        return service.status();
      },
    },
  });
  const service = await createAlertService({
    source,
    store,
    publisher: hubPublisher(hub),
    channel: (userId: string) => market.alerts({ userId }),
    clock,
    logger,
  });

  // The past up to where the market is now; from there on ticks come from the source.
  for (const series of data.series) {
    for (const tick of series.after(Number.MIN_SAFE_INTEGER)) {
      if (tick.at > source.playback.position) break;
      book.take(tick);
    }
  }
  const status = () => service.status();
  const publishing = createPublishing({ hub, book, status, clock, logger });
  source.subscribe((tick) => {
    book.take(tick);
    publishing.changed(tick.symbol);
  });
  for (const { symbol } of book.quotes()) publishing.changed(symbol);
  await publishing.flush();

  const fastify: App = Fastify({
    loggerInstance: logger,
    bodyLimit: MAX_BODY_BYTES,
  }).withTypeProvider<ZodTypeProvider>();
  fastify.setValidatorCompiler(validatorCompiler);
  fastify.setSerializerCompiler(serializerCompiler);
  fastify.addHook("onSend", async (_request, reply) => {
    reply.header("x-content-type-options", "nosniff");
  });
  fastify.removeContentTypeParser("text/plain"); // a form of another page can send it without being asked
  registerErrors(fastify);
  await docsRoutes(fastify);
  const context: Context = {
    hub,
    service,
    store,
    playback: source.playback,
    book,
    publishing,
    clock,
    logger,
    issueSession: (userId) => issueSession(secret, userId, now()),
  };
  sessionRoutes(fastify, context);
  symbolRoutes(fastify, context);
  monitorRoutes(fastify, context);
  notificationRoutes(fastify, context);
  serviceRoutes(fastify, context);
  await hubRoutes(fastify, context);
  await dashboardRoutes(fastify, options.dashboard);

  return {
    fastify,
    service,
    hub,
    async close() {
      publishing.close();
      await service.close();
      await fastify.close(); // closes the hub first
      await history[Symbol.asyncDispose]();
    },
  };
}
