import type { ChannelRef } from "@tocsin/protocol";
import type { OptionRow, Tick } from "@tocsin/protocol/alerts";
import type { Clock, Hub, Logger } from "@tocsin/server-kit";
import type { AlertService, AlertStore, Playback } from "@tocsin/server-kit/alerts";
import type {
  Bar,
  Holding,
  Interval,
  MarketOverview,
  market,
  Portfolio,
  Progress,
  Quote,
  ServiceStatus,
} from "@tocsin-example/alert-contract";

/** What is known of each symbol up to market time. */
export interface Book {
  /** Takes in a tick; one of a symbol that is not listed, or older than the last, is ignored. */
  take(tick: Tick): void;
  /** Takes in bars of the past, ascending, of a symbol that has no ticks of its own past. */
  seed(symbol: string, interval: Interval, bars: readonly Bar[]): void;
  /** Says which feeds are silent; returns the symbols for which that is new. */
  setStale(symbols: readonly string[]): readonly string[];
  /** Forgets all prices: the market goes on at another time. */
  clear(): void;
  /** The current prices in the order of the instruments; a symbol without a price yet is left out. */
  quotes(): readonly Quote[];
  quote(symbol: string): Quote | undefined;
  /** Whether a symbol is listed, with a price or without one. */
  lists(symbol: string): boolean;
  /** The symbols of a board; `undefined` for a board that does not exist. */
  board(name: string): readonly string[] | undefined;
  readonly boards: readonly string[];
  /** The symbols as they are listed, in the order of the boards. */
  readonly listings: readonly Listing[];
  /** The last `limit` bars, ascending, the one under way included; `undefined` for a symbol that is not listed. */
  bars(symbol: string, interval: Interval, limit: number): readonly Bar[] | undefined;
  overview(): MarketOverview;
}

/** Options with their Greeks. */
export interface Chains {
  readonly underlyings: readonly string[];
  /** `undefined` for an underlying that has no options here; empty before its first price. */
  rows(underlying: string): readonly OptionRow[] | undefined;
  /** An option by its name, also one that is not near the price now; `undefined` when there is none, or it is over. */
  row(instrument: string): OptionRow | undefined;
  /** What an option is worth now less what it was worth at the last close of its underlying; `null` when not known. */
  dayChange(instrument: string): number | null;
}

/** Who holds what. */
export interface Portfolios {
  holdings(userId: string): Promise<readonly Holding[]>;
  /**
   * Replaces what a user holds.
   *
   * @throws {@link UnknownInstrumentError} naming the holding that is neither a symbol nor an option here.
   */
  hold(userId: string, holdings: readonly Holding[]): Promise<Portfolio>;
  /** At current prices. */
  portfolio(userId: string): Promise<Portfolio>;
}

/** Longer pieces of work, told of on `task:{taskId}`. */
export interface Tasks {
  /**
   * Begins work for a user; `report` tells how far it is, what it resolves with says what came of it. Returns its
   * id at once.
   *
   * @throws {@link TooManyTasksError} when the user has too much under way.
   */
  begin(
    userId: string,
    kind: Progress["kind"],
    work: (report: (done: number, total: number) => void) => Promise<string>,
  ): string;
  /** How a task of this user stands; `undefined` when it is not theirs or long over. */
  progress(userId: string, taskId: string): Progress | undefined;
}

/** Brings what changed to the sockets. */
export interface Publishing {
  /** A symbol has a new price. */
  changed(symbol: string): void;
  /** Publishes what changed, now. Never rejects. */
  flush(): Promise<void>;
  /**
   * Publishes the prices of a strategy's symbols to its channel, changed or not; resolves with how many, or with
   * `undefined` when there is no such strategy. One of the house goes by its name, a user's own by
   * {@link ownStrategy}.
   */
  push(strategy: string): Promise<number | undefined>;
  /** Brings a channel up to date before somebody reads it, as nothing is published that nobody reads. */
  prepare(channel: ChannelRef): Promise<void>;
  close(): void;
}

/** A strategy of the house, readable by everybody: symbols chosen by a rule of its own. */
export interface HouseStrategy {
  readonly name: string;
  readonly description: string;
  /** Its symbols at the moment, best first, each with why it is among them. */
  members(): readonly { readonly symbol: string; readonly reason: string }[];
}

/** What replays can do. */
export interface Replay {
  readonly playback: Playback;
  readonly range: { readonly from: number; readonly to: number };
  /** Ticks of one symbol, `from` excluded and `to` included. */
  past(symbol: string, from: number, to: number): Iterable<Tick>;
}

/** A symbol as it is listed. */
export interface Listing {
  readonly symbol: string;
  readonly name: string;
  readonly source: Quote["source"];
  readonly board: "index" | "shares" | "simulated" | "crypto";
}

/** Everything operations and channels work with. */
export interface Context {
  readonly hub: Hub<typeof market>;
  readonly service: AlertService;
  readonly store: AlertStore;
  /** Absent on live feeds, which cannot be steered. */
  readonly replay: Replay | undefined;
  readonly book: Book;
  readonly chains: Chains;
  readonly portfolios: Portfolios;
  readonly tasks: Tasks;
  readonly publishing: Publishing;
  readonly houseStrategies: readonly HouseStrategy[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the service is doing, with what can be played and which feeds are silent. */
  status(): ServiceStatus;
  /** Something that was stored may have to go out. */
  wakeDelivery(): void;
  /** Whether somebody may look at connections and push prices by hand. */
  isOperator(userId: string): boolean;
  /**
   * Refuses where alerts must not be sent to.
   *
   * @throws an error that names the field `target`.
   */
  checkTarget(sink: string, target: string): Promise<void>;
  issueSession(
    userId: string,
  ): Promise<{ readonly token: string; readonly userId: string; readonly expiresAt: number }>;
}
