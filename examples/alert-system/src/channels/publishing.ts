import type { Clock, Hub, Logger } from "@tocsin/server-kit";
import type { ServiceStatus } from "@tocsin-example/alert-contract";
import { market } from "@tocsin-example/alert-contract";
import type { Book } from "./market/book.js";

/** Brings what changed to the sockets, a few times a second whatever the market does. */
export interface Publishing {
  /** A symbol has a new price. */
  changed(symbol: string): void;
  /** Publishes what changed, now. Never rejects. */
  flush(): Promise<void>;
  close(): void;
}

/** Settings of {@link createPublishing}. */
export interface PublishingOptions {
  readonly hub: Pick<Hub<typeof market>, "publish">;
  readonly book: Book;
  readonly status: () => ServiceStatus;
  /** Time between two rounds, milliseconds. Default 200. */
  readonly everyMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Starts publishing rounds. A round takes the newest of each symbol, however many ticks there were. */
export function createPublishing({
  hub,
  book,
  status,
  everyMs = 200,
  clock,
  logger,
}: PublishingOptions): Publishing {
  const dirty = new Set<string>();
  let published = "";
  let closed = false;
  let cancel: () => void = () => {};

  async function publishSymbol(symbol: string): Promise<void> {
    const quote = book.quote(symbol);
    const candle = book.candle(symbol);
    if (!quote || !candle) return;
    await hub.publish(market.price({ code: symbol }), quote);
    await hub.publish(market.board({ board: "all" }), quote);
    await hub.publish(market.candle({ code: symbol }), candle);
  }

  async function flush(): Promise<void> {
    const symbols = [...dirty];
    dirty.clear();
    try {
      await Promise.all(symbols.map(publishSymbol));
      const now = status();
      const text = JSON.stringify(now);
      if (text === published) return;
      await hub.publish(market.service(), now);
      published = text;
    } catch (error) {
      // The next round publishes newer values anyway.
      logger.warn({ err: error }, "prices not published");
    }
  }

  function next(): void {
    cancel = clock.after(everyMs, () => {
      void flush().then(() => {
        if (!closed) next();
      });
    });
  }
  next();

  return {
    changed: (symbol) => void dirty.add(symbol),
    flush,
    close() {
      closed = true;
      cancel();
    },
  };
}
