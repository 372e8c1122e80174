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
  take(tick: Tick): void;
  /** The current prices in the order of the instruments; a symbol without a price yet is left out. */
  quotes(): readonly Quote[];
  quote(symbol: string): Quote | undefined;
  /** Whether a symbol is listed, with a price or without one. */
  lists(symbol: string): boolean;
  /** The symbols of a board; `undefined` for a board that does not exist. */
  board(name: string): readonly string[] | undefined;
  readonly boards: readonly string[];
  /** The last `limit` bars, ascending, the one under way included; `undefined` for a symbol that is not listed. */
  bars(symbol: string, interval: Interval, limit: number): readonly Bar[] | undefined;
  overview(): MarketOverview;
}

/** Options with their Greeks. */
export interface Chains {
  readonly underlyings: readonly string[];
  /** `undefined` for an underlying that has no options here. */
  rows(underlying: string): readonly OptionRow[] | undefined;
  row(instrument: string): OptionRow | undefined;
}

/** Who holds what. */
export interface Portfolios {
  holdings(userId: string): Promise<readonly Holding[]>;
  /** Replaces what a user holds. */
  hold(userId: string, holdings: readonly Holding[]): Promise<Portfolio>;
  /** At current prices. */
  portfolio(userId: string): Promise<Portfolio>;
}

/** Longer pieces of work, told of on `task:{taskId}`. */
export interface Tasks {
  /** Begins work for a user; `report` tells how far it is. Resolves with its id at once. */
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
  /** Publishes the prices of a strategy's symbols to its channel, changed or not; resolves with how many. */
  push(strategy: string): Promise<number>;
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

/** Everything operations and channels work with. */
export interface Context {
  readonly hub: Hub<typeof market>;
  readonly service: AlertService;
  readonly store: AlertStore;
  readonly replay: Replay;
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
  issueSession(
    userId: string,
  ): Promise<{ readonly token: string; readonly userId: string; readonly expiresAt: number }>;
}
