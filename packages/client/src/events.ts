import { EventEmitter } from "eventemitter3";

/** Event names and the arguments of their handlers. */
export type EventMap<Events> = { readonly [K in keyof Events]: readonly unknown[] };

/** Handlers by event name. */
export interface Listenable<Events extends EventMap<Events>> {
  /** Calls `handler` on every `event`; returns how to stop it. */
  on<K extends keyof Events & string>(event: K, handler: (...args: Events[K]) => void): () => void;
  /** Stops what `on` started. */
  off<K extends keyof Events & string>(event: K, handler: (...args: Events[K]) => void): void;
}

/** The owner's side of a {@link Listenable}. */
export interface Emitter<Events extends EventMap<Events>> extends Listenable<Events> {
  /** Calls the handlers in order. One that throws does not keep the event from the others. */
  emit<K extends keyof Events & string>(event: K, ...args: Events[K]): void;
  /** Whether anybody listens. */
  hears(event: keyof Events & string): boolean;
  /** Removes all handlers; an `emit` under way stops. */
  clear(): void;
}

/** An eventemitter3 whose handlers may throw: `onThrow` gets what they threw. */
export function createEmitter<Events extends EventMap<Events>>(
  onThrow: (thrown: unknown) => void,
): Emitter<Events> {
  const emitter = new EventEmitter();
  return {
    on(event, handler) {
      emitter.on(event, handler);
      return () => emitter.off(event, handler);
    },
    off(event, handler) {
      emitter.off(event, handler);
    },
    emit(event, ...args) {
      for (const handler of emitter.listeners(event)) {
        if (!emitter.listenerCount(event)) return; // a handler before this one ended it all
        try {
          handler(...args);
        } catch (thrown) {
          onThrow(thrown);
        }
      }
    },
    hears: (event) => emitter.listenerCount(event) > 0,
    clear: () => void emitter.removeAllListeners(),
  };
}
