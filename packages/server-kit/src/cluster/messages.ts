import type { Broker } from "../store/broker.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { ChannelEvent } from "../store/event.js";
import type { Durability, HistoryStore } from "../store/history-store.js";
import type { PresenceStore } from "../store/presence-store.js";

/** What a worker needs to know of the stores before it can stand in for them. */
export interface Greeting {
  readonly durability: Durability;
  readonly hasAppendOnce: boolean;
  readonly presenceTtlMs: number;
}

/** What a worker may have the primary do. */
export interface Calls
  extends Pick<HistoryStore, "append" | "read">,
    Required<Pick<HistoryStore, "appendOnce">>,
    Pick<DedupStore, "claim" | "settle" | "release">,
    Pick<PresenceStore, "join" | "leave" | "members">,
    Pick<Broker, "publish"> {
  hello(): Promise<Greeting>;
  want(channel: string): Promise<void>;
  unwant(channel: string): Promise<void>;
}

/** What comes of each. */
export type Results = { readonly [M in keyof Calls]: Awaited<ReturnType<Calls[M]>> };

/** Those who do it. */
export type Handlers = {
  readonly [M in keyof Calls]: (...args: Parameters<Calls[M]>) => Promise<Results[M]>;
};

/** A call as it travels. */
export interface CallMessage<M extends keyof Calls = keyof Calls> {
  readonly tocsin: "call";
  readonly id: number;
  readonly method: M;
  readonly args: Parameters<Calls[M]>;
}

/** What a primary says to a worker. */
export type PrimaryMessage =
  | { readonly tocsin: "result"; readonly id: number; readonly value: unknown }
  | {
      readonly tocsin: "failure";
      readonly id: number;
      readonly message: string;
      readonly retryable: boolean;
    }
  | { readonly tocsin: "event"; readonly event: ChannelEvent }
  /** Events were left out, because the worker did not take them. */
  | { readonly tocsin: "lost" };

/** Whether a message between processes is ours: an application sends messages of its own on the same line. */
export function isOurs(message: unknown): message is { readonly tocsin: unknown } {
  return typeof message === "object" && message !== null && "tocsin" in message;
}
