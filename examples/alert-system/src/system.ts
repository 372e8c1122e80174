import { type Clock, createHub, type Logger, systemClock } from "@tocsin/server-kit";
import {
  type AlertService,
  type AlertTables,
  createAlertService,
  kyselyAlertStore,
} from "@tocsin/server-kit/alerts";
import { market, type ServiceStatus } from "@tocsin-example/alert-contract";
import type { Kysely } from "kysely";
import { missingChannel } from "./channels/known-channels.js";
import { createNewsWatch } from "./channels/news.js";
import { createPublishing, type Intervals } from "./channels/publishing.js";
import { strategyMembers } from "./channels/strategy-members.js";
import type { Context, Listing } from "./context.js";
import { createDelivery } from "./delivery.js";
import { KEEP, type Keep } from "./market/bars.js";
import { createBook } from "./market/book.js";
import { liveFeed } from "./market/live-feed.js";
import { loadMarket, type Market } from "./market/market.js";
import { type PriceFeed, replayFeed } from "./market/price-feed.js";
import { houseStrategies } from "./market/strategies.js";
import { methodHandlers } from "./methods.js";
import { createPortfolios } from "./portfolio/portfolios.js";
import type { Served } from "./rest/served.js";
import { createServed } from "./served.js";
import { createAuthorize, issueSession, sessionAuthenticate } from "./session.js";
import type { DataDirectory } from "./setup/data-directory.js";
import { historyOf } from "./setup/history.js";
import { mailOf } from "./setup/mail.js";
import type { Settings } from "./setup/settings.js";
import { createTasks } from "./tasks.js";

/** What a system is made of; everything that tells time or keeps things is an argument. */
export interface AlertSystemOptions {
  /** Whoever opened it closes it, after the system. */
  readonly data: Omit<DataDirectory, "close">;
  readonly settings: Pick<
    Settings,
    | "source"
    | "speed"
    | "stressSymbols"
    | "privateWebhooks"
    | "smtpUrl"
    | "mailFrom"
    | "operators"
    | "dashboard"
  >;
  readonly logger: Logger;
  /** What a replay plays. Default: what is installed. */
  readonly market?: Market;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly maxMonitors?: number;
  /** How often what is published. */
  readonly every?: Partial<Intervals>;
}

/** The whole alert system, without a web server. Nothing moves before its service is started. */
export interface AlertSystem {
  readonly context: Context;
  /** All a web server brings to the outside. */
  readonly served: Served;
  /** Stops evaluating, and hands on what was found. Harmless when repeated. */
  stop(): Promise<void>;
  /** Stops, sends clients elsewhere, and lets go of everything. Harmless when repeated. */
  close(): Promise<void>;
}

/** Twenty prices a second of each symbol, for those who want to see that. */
const STRESS_EVERY_MS = 50;
const STRESS_CHECKPOINT_MS = 10_000;
/** How long stopping waits for a webhook that does not answer, milliseconds; the rest goes out after the next start. */
const FLUSH_WITHIN_MS = 2_000;

/** Wires everything, in the order data takes: feed, book, service, store, delivery, hub, channels. */
export async function createAlertSystem(options: AlertSystemOptions): Promise<AlertSystem> {
  const { data, settings, logger, clock = systemClock } = options;
  const now = () => clock.now();

  // in: prices
  const feed = openFeed(options, clock);
  const book = createBook(feed.listings, settings.stressSymbols > 0 ? { keep: keptOfMany } : {});
  const chains = feed.chains(book);
  const house = houseStrategies(book);

  // kept: monitors, notifications, holdings
  const store = kyselyAlertStore(data.db as unknown as Kysely<AlertTables>, {
    now,
    ...(options.maxMonitors !== undefined && { maxMonitors: options.maxMonitors }),
  });
  const marketTime = () => alerts.status().marketTime ?? feed.replay?.playback.position ?? now();
  const portfolios = createPortfolios({ db: data.db, book, chains, marketTime });

  // out: the hub, and what goes out through it
  const members = strategyMembers(store, house);
  const missing = missingChannel({ book, chains, members });
  const history = historyOf(data.inboxes, now);
  const mayDo = createAuthorize({
    tasks: { progress: (userId, taskId) => tasks.progress(userId, taskId) },
    missing,
  });
  const hub = createHub({
    contract: market,
    authenticate: sessionAuthenticate(data.secret, now),
    async authorize(request) {
      const verdict = await mayDo(request);
      const reads = request.action === "subscribe" || request.action === "history";
      if (verdict === true && reads) await publishing.prepare(request.channel);
      return verdict;
    },
    history,
    clock,
    logger,
    methods: methodHandlers(() => ({ service, replay: feed.replay, publishing, status })),
  });
  const { dispatcher, checkTarget } = createDelivery({
    store,
    hub,
    privateWebhooks: settings.privateWebhooks,
    mail: mailOf(settings),
    clock,
    logger,
  });
  const tasks = createTasks({ hub, clock, logger });

  // The book sees a tick before rules and channels do.
  const leaveBook = feed.source.subscribe((tick) => book.take(tick));
  const alerts = await createAlertService({
    source: feed.source,
    store,
    onRecorded: () => dispatcher.wake(),
    past: feed.past,
    // Each checkpoint writes the last price of every symbol.
    ...(settings.stressSymbols > 0 && { checkpointMs: STRESS_CHECKPOINT_MS }),
    clock,
    logger,
  });
  feed.fill(book);

  const status = (): ServiceStatus => ({
    ...alerts.status(),
    range: feed.replay?.range ?? null,
    stale: [...(feed.source.health().stale ?? [])],
  });
  const publishing = createPublishing({
    hub,
    book,
    chains,
    portfolios,
    members,
    status,
    isOpen: feed.isOpen,
    every: {
      ...(settings.stressSymbols > 0 && { prices: STRESS_EVERY_MS }),
      ...options.every,
    },
    clock,
    logger,
  });
  const news = createNewsWatch({
    book,
    halting: feed.halting,
    isOpen: (at) => feed.isOpen("", at),
  });
  const leaveChannels = feed.source.subscribe((tick) => {
    publishing.changed(tick.symbol);
    for (const item of news.take(tick)) {
      hub.publish(market.news(), item, { key: item.id, dedupFor: "7d" }).catch((error: unknown) => {
        logger.warn({ err: error, news: item.id }, "news not told");
      });
    }
  });

  const service: AlertService = {
    ...alerts,
    async seek(position) {
      await alerts.seek(position);
      if (!feed.replay) return;
      book.clear();
      news.clear();
      feed.fill(book);
      for (const { symbol } of feed.listings) publishing.changed(symbol);
    },
  };
  for (const { symbol } of feed.listings) publishing.changed(symbol);
  await publishing.flush();

  const context: Context = {
    hub,
    service,
    store,
    replay: feed.replay,
    book,
    chains,
    portfolios,
    tasks,
    publishing,
    houseStrategies: house,
    clock,
    logger,
    status,
    wakeDelivery: () => dispatcher.wake(),
    checkTarget,
    isOperator: (userId) => settings.operators.includes(userId),
    issueSession: (userId) => issueSession(data.secret, userId, now()),
  };

  let stopping: Promise<void> | undefined;
  async function stopOnce(): Promise<void> {
    await alerts.close();
    await within(FLUSH_WITHIN_MS, dispatcher.flush(), clock);
  }
  const stop = (): Promise<void> => {
    stopping ??= stopOnce();
    return stopping;
  };
  let closing: Promise<void> | undefined;
  async function closeOnce(): Promise<void> {
    await stop();
    leaveChannels();
    leaveBook();
    publishing.close();
    feed.close();
    await dispatcher.close();
    await hub.close({ drainWithin: "2s" });
    await history[Symbol.asyncDispose]();
  }

  return {
    context,
    served: createServed({
      context,
      desk: settings.dashboard,
      keys: data.keys,
      checks: {
        /** Alerts are being stored. */
        store: () => alerts.health().ok,
        /** Prices come, or are not expected to. */
        feed: feed.alive,
      },
    }),
    stop,
    close() {
      closing ??= closeOnce();
      return closing;
    },
  };
}

/** Of hundreds of made-up symbols, a chart of the last days is enough. */
const keptOfMany = ({ board }: Listing): Keep =>
  board === "simulated" ? { "1m": 100, "5m": 100, "1h": 100, "1d": 300 } : KEEP;

function openFeed(options: AlertSystemOptions, clock: Clock): PriceFeed {
  const { settings, logger } = options;
  const { source, speed, stressSymbols } = settings;
  if (source === "live") return liveFeed({ clock, logger });
  const data =
    options.market ?? loadMarket({ stressSymbols, stressEveryMs: STRESS_EVERY_MS * speed });
  return replayFeed({ market: data, speed, clock });
}

async function within(ms: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  let cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, late]);
  cancel();
}
