/** Who listens to what. */
export interface Shape {
  readonly connections: number;
  readonly channels: number;
  /** Channels each connection is subscribed to. */
  readonly channelsPerConnection: number;
  /** Connections besides, on a channel of their own that nobody publishes to. */
  readonly idle?: number;
  /** Whether every connection is also on the channel past the others, which alerts are published on. */
  readonly alerts?: boolean;
}

/** One way of loading a server: who listens to what, and what is published when. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly shape: Shape;
  /** Events published in one go, and how long until the next; 0 publishes one in each turn of the event loop. */
  readonly eventsPerTick: number;
  readonly tickMs: number;
  /** Publishes an alert at random times, on a channel of its own, about every so many milliseconds. */
  readonly alertEveryMs?: number;
}

/** What every event looks like on the wire, about: bytes of payload. */
export const PAYLOAD_BYTES = 200;

/** Frames smaller than this are replies and heartbeats, and are not counted. */
export const COUNTED_BYTES = 150;

/** One of so many readers looks into its events for the time they were published. */
export const LATENCY_SAMPLE = 16;

/** 1,000 readers of one channel. */
export const oneChannel: Shape = { connections: 1_000, channels: 1, channelsPerConnection: 1 };

/** Readers with ten symbols each, fifty readers a symbol. */
export function symbols(connections: number): Shape {
  return { connections, channels: connections / 5, channelsPerConnection: 10 };
}

/** The workloads of the fan-out. A quick run has a fifth of the readers of symbols, and of the updates for them. */
export function fanOutWorkloads(quick: boolean): readonly Workload[] {
  const many = symbols(quick ? 2_000 : 10_000);
  const readers = `${many.connections.toLocaleString("en")} readers of 10 of ${many.channels.toLocaleString("en")} symbols`;
  const perTick = many.connections / 100;
  return [
    {
      name: "W1",
      title: "1,000 readers of one channel, one event a turn",
      shape: oneChannel,
      eventsPerTick: 1,
      tickMs: 0,
    },
    ...[5, 30, 50].map((k) => ({
      name: `W3-${k}`,
      title: `1,000 readers of one channel, ${k} events per 10 ms`,
      shape: oneChannel,
      eventsPerTick: k,
      tickMs: 10,
    })),
    {
      name: "W2",
      title: `${readers}, ${perTick} updates per 10 ms`,
      shape: many,
      eventsPerTick: perTick,
      tickMs: 10,
    },
    {
      name: "W2b",
      title: `${readers}, ${(10 * perTick).toLocaleString("en")} updates per 10 ms`,
      shape: many,
      eventsPerTick: 10 * perTick,
      tickMs: 10,
    },
  ];
}

/** The channels of one connection: spread evenly, so that every channel has the same number of readers. */
export function channelsOf(shape: Shape, connection: number): number[] {
  const { connections, channels, channelsPerConnection, alerts } = shape;
  if (connection >= connections) return [channels];
  const own = Array.from(
    { length: channelsPerConnection },
    (_, n) => (connection * channelsPerConnection + n) % channels,
  );
  return alerts ? [...own, channels] : own;
}

/** Readers of each channel. */
export function readersPerChannel({ connections, channels, channelsPerConnection }: Shape): number {
  return (connections * channelsPerConnection) / channels;
}

/** All connections, those included that hear nothing. */
export function allConnections({ connections, idle = 0 }: Shape): number {
  return connections + idle;
}

/**
 * Which channel the n-th event goes to. All in turn, but neighbours far apart: a connection is on channels that lie
 * side by side, and would get ten events at once from a tick that has one for every twentieth channel.
 */
export function channelAt(n: number, channels: number): number {
  return (n * strideOf(channels)) % channels;
}

/** Near the golden section, which spreads evenly, and without a common factor, so that no channel is left out. */
function strideOf(channels: number): number {
  let stride = Math.max(1, Math.round(channels * 0.618));
  while (commonFactor(stride, channels) > 1) stride += 1;
  return stride;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}
