import type { ChannelEvent } from "./event.js";

/** Receives every event of the channels this node asked for, its own included. */
export type EventListener = (event: ChannelEvent) => void;

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
}
