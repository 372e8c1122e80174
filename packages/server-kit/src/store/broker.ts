import type { ChannelEvent } from "./event.js";

/** Receives every event of the channels this node asked for, its own included. */
export type EventListener = (event: ChannelEvent) => void;

/**
 * How a broker's connection stands. While it is `"down"` events may be lost. `"up"` comes when every channel that was
 * asked for is asked for again: what is published from then on arrives, and what was lost is in the history by then.
 */
export type BrokerState = { readonly is: "up" } | { readonly is: "down"; readonly error: unknown };

/**
 * Carries events between nodes. Events published here come back through {@link Broker.onEvent}: local and
 * remote events take one road, so they have one order.
 */
export interface Broker extends AsyncDisposable {
  /** Hands an event to every node that asked for its channel. Rejects when it could not be handed over. */
  publish(event: ChannelEvent): Promise<void>;
  /** Asks for a channel. Resolves when events published from then on will arrive. */
  subscribe(channel: string): Promise<void>;
  /** No longer wants a channel; harmless when it was not asked for. */
  unsubscribe(channel: string): Promise<void>;
  /** Sets the receiver of events; returns how to take it back. */
  onEvent(listener: EventListener): () => void;
  /**
   * Sets who hears of every change of state; returns how to take it back. Left out by brokers that cannot lose
   * their connection.
   */
  onState?(listener: (state: BrokerState) => void): () => void;
}
