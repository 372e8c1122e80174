import { type ChannelDef, type ChannelRef, definition } from "@tocsin/protocol";
import type { Clock, Hub, Logger } from "@tocsin/server-kit";
import {
  type Bar,
  interval as intervalSchema,
  market,
  type Quote,
  type ServiceStatus,
} from "@tocsin-example/alert-contract";
import type { Book, Chains, Portfolios, Publishing } from "../context.js";
import { createLatestChannel } from "./latest-channel.js";
import { type Rounds, startRounds } from "./rounds.js";
import { createShownQuotes } from "./shown-quotes.js";
import type { StrategyMembers } from "./strategy-members.js";
import { createTables } from "./tables.js";

/** Settings of {@link createPublishing}. */
export interface PublishingOptions {
  readonly hub: Pick<Hub<typeof market>, "publish" | "remove"> & {
    readonly subscriptions: Pick<Hub["subscriptions"], "hasSubscribers" | "activeChannels">;
  };
  readonly book: Book;
  readonly chains: Chains;
  readonly portfolios: Pick<Portfolios, "portfolio">;
  readonly members: StrategyMembers;
  readonly status: () => ServiceStatus;
  /** Whether a symbol trades at a market time: outside its hours its price stands. */
  readonly isOpen: (symbol: string, at: number) => boolean;
  /** Time between two rounds of each kind, milliseconds. */
  readonly every?: Partial<Intervals>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often what goes out, milliseconds. */
export interface Intervals {
  /** Prices, boards, strategies, candles, portfolios, the service. Default 200. */
  readonly prices: number;
  /** Who is in a strategy. Default 1,000. */
  readonly members: number;
  /** Default 5,000. */
  readonly overview: number;
  /** Default 10,000. */
  readonly chain: number;
}

const EVERY: Intervals = { prices: 200, members: 1_000, overview: 5_000, chain: 10_000 };

/** How many bars of an interval a chart is given. */
const BARS_SHOWN = 300;

const { channels } = market[definition];

/**
 * Brings what changed to the sockets, a few times a second whatever the market does: a round takes the newest of
 * each symbol, however many ticks there were. What nobody reads is not published; it is brought up to date by
 * {@link Publishing.prepare} the moment somebody asks for it.
 */
export function createPublishing(options: PublishingOptions): Publishing {
  const { hub, book, chains, portfolios, status, clock, logger } = options;
  const every = { ...EVERY, ...options.every };
  const shown = createShownQuotes(book, options.isOpen);
  const members = new Map<string, readonly string[]>();
  const service = createLatestChannel(hub, market.service());
  const overview = createLatestChannel(hub, market.overview());

  const quotesOf = (symbols: readonly string[]): ReadonlyMap<string, Quote> =>
    new Map(
      symbols.flatMap((symbol) => {
        const quote = shown.quote(symbol);
        return quote ? [[symbol, quote]] : [];
      }),
    );

  function barsOf({ code = "", interval = "" }: ChannelRef["params"]): ReadonlyMap<string, Bar> {
    const known = intervalSchema.safeParse(interval);
    const bars = known.success ? book.bars(code, known.data, BARS_SHOWN) : undefined;
    return new Map(bars?.map((bar) => [bar.time, bar]));
  }

  async function findMembers(name: string): Promise<readonly string[]> {
    const found = (await options.members(name)) ?? [];
    members.set(name, found);
    return found;
  }

  const tables = createTables(hub, clock, {
    board: ({ board = "" }) => quotesOf(book.board(board) ?? []),
    strategy: ({ name = "" }) => quotesOf(members.get(name) ?? []),
    candles: barsOf,
    chain: ({ underlying = "" }) =>
      new Map(chains.rows(underlying)?.map((row) => [row.instrument, row])),
  });

  const priced = new Map<string, Quote>();
  async function publishPrice(symbol: string): Promise<void> {
    const quote = shown.quote(symbol);
    if (!quote || quote === priced.get(symbol)) return;
    priced.set(symbol, quote);
    try {
      await hub.publish(market.price({ code: symbol }), quote);
    } catch (error) {
      priced.delete(symbol);
      throw error;
    }
  }

  const latests = new Map<string, ReturnType<typeof createLatestChannel>>();
  async function publishPortfolio(userId: string): Promise<void> {
    const ref = market.portfolio({ userId });
    const channel = latests.get(ref.name) ?? createLatestChannel(hub, ref, ["at"]);
    latests.set(ref.name, channel);
    await channel.show(await portfolios.portfolio(userId));
  }

  /** Channels of one kind that somebody reads. */
  function* active(def: ChannelDef): Generator<ChannelRef, void, undefined> {
    for (const name of hub.subscriptions.activeChannels()) {
      const ref = market[definition].resolve(name);
      if (ref?.def === def) yield ref;
    }
  }

  async function publishPrices(): Promise<void> {
    const now = status();
    for (const symbol of book.setStale(now.stale)) shown.changed(symbol);
    const prices = shown.takeChanged().map((symbol) => {
      const { name } = market.price({ code: symbol });
      return hub.subscriptions.hasSubscribers(name) ? publishPrice(symbol) : undefined;
    });
    for (const name of latests.keys()) {
      if (!hub.subscriptions.hasSubscribers(name)) latests.delete(name);
    }
    await Promise.all([
      ...prices,
      tables.syncActive(["board", "strategy", "candles"]),
      ...[...active(channels.portfolio)].map(({ params }) => publishPortfolio(params.userId ?? "")),
      service.show(now),
    ]);
  }

  async function followStrategies(): Promise<void> {
    for (const name of members.keys()) {
      if (!hub.subscriptions.hasSubscribers(market.strategy({ name }).name)) members.delete(name);
    }
    for (const { params } of active(channels.strategy)) await findMembers(params.name ?? "");
  }

  async function publishOverview(): Promise<void> {
    const isTrading = book.quotes().some(({ symbol, at }) => options.isOpen(symbol, at));
    if (isTrading) await overview.show(book.overview());
  }

  const rounds: readonly Rounds[] = [
    startRounds("prices", every.prices, publishPrices, { clock, logger }),
    startRounds("members", every.members, followStrategies, { clock, logger }),
    startRounds("overview", every.overview, publishOverview, { clock, logger }),
    startRounds("chain", every.chain, () => tables.syncActive(["chain"]), { clock, logger }),
  ];

  async function prepare(ref: ChannelRef): Promise<void> {
    if (hub.subscriptions.hasSubscribers(ref.name)) return; // the rounds keep it so
    switch (ref.def) {
      case channels.price:
        return publishPrice(ref.params.code ?? "");
      case channels.portfolio:
        return publishPortfolio(ref.params.userId ?? "");
      case channels.strategy:
        await findMembers(ref.params.name ?? "");
        return tables.prepare(ref);
      case channels.overview:
        return overview.show(book.overview());
      case channels.service:
        return service.show(status());
      default:
        return tables.prepare(ref);
    }
  }

  return {
    changed: (symbol) => shown.changed(symbol),
    prepare,
    async flush() {
      try {
        await publishPrices();
      } catch (error) {
        // The next round publishes newer values anyway.
        logger.warn({ err: error }, "prices not published");
      }
    },
    async push(name) {
      const found = await options.members(name);
      if (found === undefined) return undefined;
      members.set(name, found);
      const rows = quotesOf(found);
      await tables.push(market.strategy({ name }), rows);
      return rows.size;
    },
    close() {
      for (const round of rounds) round.stop();
    },
  };
}
