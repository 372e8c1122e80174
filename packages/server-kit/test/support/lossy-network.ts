import type { Broker, BrokerState, ChannelEvent, Clock, EventListener } from "../../src/index.js";

/** A broker of one node, whose line can be cut. */
export interface LossyBroker extends Broker {
  /** Nothing arrives from now on, and the node is told so. */
  cut(): void;
  /** It is connected again. Harmless when it is. */
  mend(): void;
  /** Nothing arrives from now on, and nobody is told. */
  deafen(deaf: boolean): void;
  onState(listener: (state: BrokerState) => void): () => void;
}

/** What a network does to an event on its way to one node; each a share from 0 to 1. */
export interface Mischief {
  readonly lose: number;
  readonly repeat: number;
  readonly delay: number;
  /** Longest delay, milliseconds. */
  readonly delayMs: number;
}

/** A network that does not keep its promises. Equal seeds do equal harm. */
export interface LossyNetwork {
  /** Adds a node. */
  join(): LossyBroker;
  /** Events on their way to one node that never came there. */
  readonly lost: number;
}

/** Makes a network between nodes of this process. */
export function lossyNetwork({
  clock,
  seed,
  mischief = { lose: 0.1, repeat: 0.1, delay: 0.2, delayMs: 300 },
}: {
  readonly clock: Clock;
  readonly seed: number;
  readonly mischief?: Mischief;
}): LossyNetwork {
  const random = seeded(seed);
  const nodes = new Set<(event: ChannelEvent) => void>();
  let lost = 0;

  function carry(event: ChannelEvent, arrive: EventListener): void {
    const fate = random();
    const { lose, repeat, delay, delayMs } = mischief;
    if (fate < lose) {
      lost += 1;
      return;
    }
    if (fate < lose + repeat) {
      arrive(event);
      arrive(event);
    } else if (fate < lose + repeat + delay) {
      clock.after(Math.ceil(random() * delayMs), () => arrive(event));
    } else arrive(event);
  }

  return {
    get lost() {
      return lost;
    },
    join() {
      const wanted = new Set<string>();
      let listener: EventListener | undefined;
      let tell: ((state: BrokerState) => void) | undefined;
      let isUp = true;
      let isDeaf = false;
      const arrive = (event: ChannelEvent) => {
        if (!wanted.has(event.channel)) return;
        if (isUp && !isDeaf) listener?.(event);
        else lost += 1;
      };
      const node = (event: ChannelEvent) => carry(event, arrive);
      nodes.add(node);
      return {
        async publish(event) {
          if (!isUp) throw new Error("the line is cut");
          for (const each of nodes) each(event);
        },
        async subscribe(channel) {
          wanted.add(channel);
        },
        async unsubscribe(channel) {
          wanted.delete(channel);
        },
        onEvent(next) {
          listener = next;
          return () => {
            listener = undefined;
          };
        },
        onState(next) {
          tell = next;
          return () => {
            tell = undefined;
          };
        },
        cut() {
          if (!isUp) return;
          isUp = false;
          tell?.({ is: "down", error: new Error("the line is cut") });
        },
        mend() {
          if (isUp) return;
          isUp = true;
          tell?.({ is: "up" });
        },
        deafen(deaf) {
          isDeaf = deaf;
        },
        async [Symbol.asyncDispose]() {
          nodes.delete(node);
        },
      };
    },
  };
}

/** Mulberry32: numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
