/** A server under test, in its own process. */
export interface Subject {
  /** Where its readers connect. */
  readonly port: number;
  /** The process to measure, where it is not this one. */
  readonly pid?: number;
  /** Publishes one event of {@link PAYLOAD_BYTES} on a channel. `text` is new each time, as long as it may be. */
  publish(channel: number, text: string): void;
  /** Called at the end of each tick, for servers that gather. */
  endTick?(): void;
  /** Ends what was started. */
  stop?(): void;
}

/** Longer than any run: heartbeats are for another workload. */
export const QUIET_MS = 3_600_000;

/** What most servers are given to send. */
export function message(channel: number, text: string): string {
  return JSON.stringify({ channel, data: { v: text } });
}
