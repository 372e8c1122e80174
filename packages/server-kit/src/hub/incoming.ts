import type { Position } from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import type { Logger } from "../logger.js";
import type { FanOut } from "../outbound/fan-out.js";
import type { Broker, BrokerState } from "../store/broker.js";
import type { HistoryStore } from "../store/history-store.js";
import type { SharedReads } from "../subscription/shared-reads.js";
import type { Subscription } from "../subscription/subscription.js";
import type { SubscriptionManager } from "../subscription/subscription-manager.js";
import { createArrivals } from "./arrivals/arrivals.js";
import type { Arrivals } from "./arrivals/parts.js";
import type { ArrivalCounts } from "./arrivals/stats.js";
import type { Interest } from "./interest.js";

/** How a hub stands with its broker. */
export interface BrokerStats extends ArrivalCounts {
  /** While it is `"down"`, what other nodes publish may not arrive. */
  readonly state: BrokerState["is"];
  /** How often it went down. */
  readonly outages: number;
}

/** What the way in from the broker works with. */
export interface IncomingParts {
  readonly broker: Broker;
  readonly history: HistoryStore;
  readonly joinReads: Pick<SharedReads, "changed">;
  readonly subscriptions: SubscriptionManager;
  readonly interest: Interest;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly checkEveryMs: number | undefined;
  /** Joins a live reader anew. `seen` is how far the readers of its channel were brought. */
  rejoin(subscription: Subscription, seen: Position): void;
}

/** The way in from the broker. */
export interface Incoming extends Arrivals {
  readonly isUp: boolean;
  stats(): BrokerStats;
}

/** Listens to how the broker stands, and takes what it brings to the fan-out in order. */
export function createIncoming(parts: IncomingParts): Incoming {
  const { broker, joinReads, fanOut, subscriptions, interest, logger } = parts;
  let state: BrokerState["is"] = "up";
  let outages = 0;

  const arrivals = createArrivals({
    history: parts.history,
    clock: parts.clock,
    checkEveryMs: parts.checkEveryMs,
    hasReaders: subscriptions.hasSubscribers,
    handOn(event) {
      joinReads.changed(event.channel);
      fanOut.deliver(event);
    },
    onJump: fanOut.forget,
    onBreak(channel, seen) {
      fanOut.settle(channel); // what was handed on before belongs to what was seen
      joinReads.changed(channel);
      logger.warn({ channel, ...seen }, "events are lost to readers, who are told how many");
      for (const subscription of [...subscriptions.on(channel)]) {
        if (subscription.stage.is === "live") parts.rejoin(subscription, seen);
      }
    },
    async askAgain(channel) {
      if (state === "down") return; // it asks for everything once it is up
      logger.warn({ channel }, "the broker brought nothing of a channel; it is asked anew");
      await interest.renew(channel);
    },
    onTrouble: (error, channel) =>
      logger.warn({ err: error, channel }, "cannot look for events that may be lost"),
    onRecovered: () => logger.info({}, "can look for lost events again"),
  });

  const stopListening = broker.onState?.((now) => {
    if (now.is === state) return;
    state = now.is;
    if (now.is === "down") {
      outages += 1;
      logger.error({ err: now.error }, "lost the broker: events of other nodes may not arrive");
      return;
    }
    logger.info({}, "the broker is back; looking for what was lost");
    arrivals.verifyAll();
  });

  return {
    ...arrivals,
    follow(channel, page) {
      const again = arrivals.follow(channel, page);
      if (again) joinReads.changed(channel.name); // nobody is to begin with this page
      return again;
    },
    get isUp() {
      return state === "up";
    },
    stats: () => ({ state, outages, ...arrivals.counts() }),
    stop() {
      stopListening?.();
      arrivals.stop();
    },
  };
}
