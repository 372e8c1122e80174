/** One way of loading a server: who listens to what, and what is published when. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly connections: number;
  readonly channels: number;
  /** Channels each connection is subscribed to. */
  readonly channelsPerConnection: number;
  /** Events published in one go, and how long until the next; 0 publishes one in each turn of the event loop. */
  readonly eventsPerTick: number;
  readonly tickMs: number;
  /** Ticks of one round, in a full and in a quick run. */
  readonly ticks: { readonly full: number; readonly quick: number };
}

/** What every event looks like on the wire, about: bytes of payload. */
export const PAYLOAD_BYTES = 200;

/** Frames smaller than this are replies and heartbeats, and are not counted. */
export const COUNTED_BYTES = 150;

const oneChannel = { connections: 1_000, channels: 1, channelsPerConnection: 1 } as const;
const symbols = { connections: 10_000, channels: 2_000, channelsPerConnection: 10 } as const;

export const workloads: readonly Workload[] = [
  {
    ...oneChannel,
    name: "W1",
    title: "1,000 readers of one channel, one event a turn",
    eventsPerTick: 1,
    tickMs: 0,
    ticks: { full: 500, quick: 200 },
  },
  ...[5, 30, 50].map((k) => ({
    ...oneChannel,
    name: `W3-${k}`,
    title: `1,000 readers of one channel, ${k} events per 10 ms`,
    eventsPerTick: k,
    tickMs: 10,
    ticks: { full: 100, quick: 30 },
  })),
  {
    ...symbols,
    name: "W2",
    title: "10,000 readers of 10 of 2,000 symbols, 100 updates per 10 ms",
    eventsPerTick: 100,
    tickMs: 10,
    ticks: { full: 60, quick: 20 },
  },
  {
    ...symbols,
    name: "W2b",
    title: "10,000 readers of 10 of 2,000 symbols, 1,000 updates per 10 ms",
    eventsPerTick: 1_000,
    tickMs: 10,
    ticks: { full: 20, quick: 6 },
  },
];

/** The channels of one connection: spread evenly, so that every channel has the same number of readers. */
export function channelsOf(workload: Workload, connection: number): number[] {
  const { channels, channelsPerConnection } = workload;
  return Array.from(
    { length: channelsPerConnection },
    (_, n) => (connection * channelsPerConnection + n) % channels,
  );
}

/** Readers of each channel. */
export function readersPerChannel({
  connections,
  channels,
  channelsPerConnection,
}: Workload): number {
  return (connections * channelsPerConnection) / channels;
}
