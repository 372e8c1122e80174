/** A server under test, in its own process. */
export interface Subject {
  /** Where its readers connect. */
  readonly port: number;
  /** Publishes one event of {@link PAYLOAD_BYTES} on a channel. `text` is new each time, as long as it may be. */
  publish(channel: number, text: string): void;
  /** Called at the end of each tick, for servers that gather. */
  endTick?(): void;
}

/** Longer than any run: heartbeats are for another workload. */
export const QUIET_MS = 3_600_000;

/** How readers speak to a server. */
export interface Dialect {
  readonly path: string;
  readonly subprotocol?: string;
  /** Sent right after the upgrade. */
  readonly hello?: string;
  /** What the server answers to it; nothing may be subscribed to before. */
  readonly welcome?: string;
  subscribe(channel: number): string;
}

export const dialects: Readonly<Record<string, Dialect>> = {
  tocsin: {
    path: "/ws",
    subprotocol: "tocsin.v1.json",
    subscribe: (channel) => JSON.stringify({ type: "subscribe", channel: `c:${channel}` }),
  },
  "socket.io": {
    path: "/socket.io/?EIO=4&transport=websocket",
    hello: "40",
    welcome: '40{"sid"',
    subscribe: (channel) => `42["sub",${channel}]`,
  },
  "ws naive": { path: "/", subscribe: String },
  "ws cork": { path: "/", subscribe: String },
  bun: { path: "/", subscribe: String },
  limit: { path: "/", subscribe: String },
};

/** Every server that can be measured, ours first. */
export const subjectNames = Object.keys(dialects);
