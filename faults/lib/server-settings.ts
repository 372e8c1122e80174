import type { CloseOptions, HeartbeatSettings, HubLimits } from "@tocsin/server-kit";

/** How a server process is started. */
export interface ServerSettings {
  /** 0 lets the machine choose. */
  readonly port: number;
  /** The database of the durable stores; absent: the stores in memory. */
  readonly file?: string;
  readonly heartbeat?: HeartbeatSettings;
  readonly limits?: Partial<HubLimits>;
  /** How it goes down on SIGTERM. */
  readonly close?: CloseOptions;
}

/** What a parent asks of its server process. */
export type Command =
  /** Publishes entries `from` to `to` on a channel; `everyMs` apart, or one after the other. */
  | {
      readonly do: "publish";
      readonly channel: "journal" | "short" | "price";
      readonly name: string;
      /** Spread over so many channels: entry `n` goes to `name` followed by `n % over`. */
      readonly over?: number;
      readonly from: number;
      readonly to: number;
      readonly padBytes?: number;
      readonly everyMs?: number;
    }
  | { readonly do: "stats" }
  /** Most bytes held for one reader since the last time this was asked. */
  | { readonly do: "peak" }
  | { readonly do: "drain"; readonly withinMs: number };

/** Answers by command. */
export interface Answers {
  readonly publish: { readonly epoch: string; readonly offset: number };
  readonly stats: {
    readonly connections: number;
    readonly subscriptions: number;
    readonly channels: number;
    readonly published: number;
    readonly closed: Readonly<Record<string, number>>;
    /** Connections the server has begun to close; `closed` counts them when they have ended. */
    readonly closing: number;
    readonly rssBytes: number;
    /** Time of the processor it has used since it started. */
    readonly cpuMs: number;
  };
  readonly peak: number;
  readonly drain: null;
}
