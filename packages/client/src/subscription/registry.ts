import type {
  ChannelDef,
  ChannelRef,
  ClientMessage,
  ServerMessage,
  ServerMessageOf,
  TocsinError,
} from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import { type BackoffPolicy, backoffMs } from "../connection/backoff.js";
import { toRequestError } from "../connection/driver.js";
import { type GapReport, SubscriptionConflictError, SubscriptionEndedError } from "../errors.js";
import { nextAsk, positionOf, wantsPast } from "./resume.js";
import {
  createSubscription,
  type Handle,
  type HandleOptions,
  type Subscription,
} from "./subscription.js";
import { createWire, join, takeChange, takeReply, type Wire } from "./wire.js";

export interface RegistryOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: BackoffPolicy;
  readonly live: () => boolean;
  readonly say: (message: ClientMessage) => void;
  readonly nextId: () => string;
  readonly onError: (error: TocsinError) => void;
  readonly onGap: (gap: GapReport) => void;
}

/** The wanted channels and the only owner of their positions. */
export interface Registry {
  subscribe<Def extends ChannelDef>(
    ref: ChannelRef<Def>,
    params: unknown,
    options: HandleOptions,
  ): Subscription<Def>;
  /** The connection is there. */
  up(): void;
  /** The connection is gone; `final` when it does not come back by itself. */
  down(error: TocsinError, final: boolean): void;
  /** Ends every handle. */
  close(): void;
  /** Takes a message about a channel; `false` when it is about none. */
  handle(message: ServerMessage): boolean;
}

export function createRegistry(options: RegistryOptions): Registry {
  const { say, nextId, onError } = options;
  const wires = new Map<string, Wire>();

  /** Asks the server for what is missing, one question per channel at a time. */
  function pursue(wire: Wire): void {
    if (!options.live() || wire.ask || wire.cancelRetry || wire.readers.size === 0) return;
    const ask = nextAsk(wire);
    if (!ask) return;
    const { since, rewind, maxRate } = ask;
    wire.ask = { ...ask, id: nextId() };
    say({
      type: "subscribe",
      id: wire.ask.id,
      channel: wire.ref.name,
      ...(since && { since }),
      ...(rewind !== undefined && { rewind }),
      ...(maxRate !== undefined && { maxRate }),
      ...(wire.params !== undefined && { params: wire.params }),
    });
  }

  function leave(wire: Wire, handle: Handle): void {
    if (!wire.readers.delete(handle)) return;
    if (wire.readers.size > 0) return pursue(wire);
    // E17, E18: no longer in the map, so neither a reply on its way nor a retry finds it
    forget(wire);
    if (wire.synced || wire.ask) takeBack(wire);
  }

  function takeBack({ ref }: Wire): void {
    say({ type: "unsubscribe", id: nextId(), channel: ref.name });
  }

  function forget(wire: Wire): void {
    wire.cancelRetry?.();
    if (wires.get(wire.ref.name) === wire) wires.delete(wire.ref.name);
  }

  function end(wire: Wire, error?: TocsinError): void {
    forget(wire);
    for (const handle of wire.readers) {
      wire.readers.delete(handle);
      handle.end(error);
    }
  }

  function joinLater(wire: Wire, handle: Handle): void {
    if (!wire.synced || handle.cursor !== undefined || !wire.readers.has(handle)) return;
    if (!wantsPast(handle)) join(wire, handle);
    pursue(wire); // for its past, or because its maxRate is another
  }

  function subscribed(message: ServerMessageOf<"subscribed">): void {
    const wire = wires.get(message.channel);
    // E17: the reply to a subscribe that was given up since, or one that nobody asked for
    if (!wire || (message.id === undefined ? !wire.synced : wire.ask?.id !== message.id)) return;
    const recovery = takeReply(wire, message);
    if (recovery.outcome === "gap") options.onGap({ ...recovery, channel: message.channel });
    pursue(wire);
  }

  function refused(wire: Wire, message: ServerMessageOf<"error">): void {
    const { ask } = wire;
    const error = toRequestError(message);
    wire.ask = undefined;
    if (error.retryable) {
      const ms = message.retryAfterMs ?? backoffMs(wire.tries, options.backoff, options.random());
      wire.tries += 1;
      wire.cancelRetry = options.clock.after(ms, () => {
        wire.cancelRetry = undefined;
        pursue(wire);
      });
      report(wire, error);
    } else if (!wire.synced || wire.blind) {
      end(wire, error); // E16: this subscription, not the connection
    } else if (ask?.newcomer) {
      ask.newcomer.end(error);
      leave(wire, ask.newcomer);
    } else {
      wire.maxRate = ask?.maxRate; // refused for good: asking again would not help
      report(wire, error);
    }
  }

  function report(wire: Wire | undefined, error: TocsinError): boolean {
    for (const handle of wire?.readers ?? []) handle.report(error);
    return wire !== undefined;
  }

  function failed(message: ServerMessageOf<"error">): boolean {
    const { id, channel = "" } = message;
    if (id === undefined) return report(wires.get(channel), toRequestError(message));
    for (const wire of wires.values()) {
      if (wire.ask?.id !== id) continue;
      refused(wire, message);
      return true;
    }
    return false;
  }

  return {
    subscribe<Def extends ChannelDef>(
      ref: ChannelRef<Def>,
      params: unknown,
      handleOptions: HandleOptions,
    ) {
      const running = wires.get(ref.name);
      if (running && JSON.stringify(running.params) !== JSON.stringify(params)) {
        throw new SubscriptionConflictError(
          `${ref.name} is already subscribed with other params; unsubscribe that first`,
        );
      }
      const wire = running ?? createWire(ref, params);
      const { handle, subscription } = createSubscription<Def>({
        ref,
        options: handleOptions,
        values: wire.holdings.values,
        positionOf: ({ cursor, since }) =>
          cursor === undefined ? since : positionOf(wire, cursor),
        leave: (left) => leave(wire, left),
        onError,
      });
      wire.readers.add(handle);
      wires.set(ref.name, wire);
      // a handle of a running channel gets its first events a moment later: the caller has yet to attach handlers
      if (wire.synced) Promise.resolve().then(() => joinLater(wire, handle), onError);
      else pursue(wire);
      return subscription;
    },
    up() {
      for (const wire of wires.values()) pursue(wire);
    },
    down(error, final) {
      for (const wire of [...wires.values()]) {
        wire.cancelRetry?.();
        Object.assign(wire, {
          synced: false,
          blind: false,
          ask: undefined,
          cancelRetry: undefined,
        });
        for (const handle of wire.readers) {
          handle.stale();
          if (final) handle.fail(error);
        }
      }
    },
    close() {
      for (const wire of [...wires.values()]) end(wire);
    },
    handle(message) {
      switch (message.type) {
        case "subscribed":
          subscribed(message);
          return true;
        case "event":
        case "patch": {
          const wire = wires.get(message.channel);
          if (!wire?.synced) return true; // E17: of a subscription that was ended
          takeChange(wire, message);
          if (wire.blind) pursue(wire);
          return true;
        }
        case "unsubscribed": {
          const wire = wires.get(message.channel);
          // one with an id only confirms what we asked for
          if (message.id === undefined && wire?.synced) {
            const { reason = "no reason given" } = message;
            // E17: a change in place that crossed this on the way would be a new subscription, and a ghost
            if (wire.ask) takeBack(wire);
            end(wire, new SubscriptionEndedError(`${wire.ref.name} was ended: ${reason}`));
          }
          return true;
        }
        case "error":
          return failed(message);
        default:
          return false;
      }
    },
  };
}
