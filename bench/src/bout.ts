import { type Child, type ChildOptions, startChild } from "./child.js";
import type { Go } from "./publishing.js";
import { nowUs } from "./stamp.js";
import { entryOf } from "./subjects/registry.js";
import { allConnections, readersPerChannel, type Shape, type Workload } from "./workloads.js";

/** What one server did in one round. */
export interface Measured {
  readonly workload: string;
  readonly subject: string;
  readonly round: number;
  readonly deliveries: number;
  /** User and system time of the server process, all threads, in microseconds. */
  readonly cpuUs: number;
  readonly cpuUsPerDelivery: number;
  readonly deliveriesPerSecond: number;
  readonly bytesPerDelivery: number;
  /** Calls of `write` for each delivery, where they can be counted. */
  readonly writesPerDelivery?: number;
  /** From publish to a sample of the readers, in milliseconds. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** Resident bytes of a server for each connection that listens. */
export interface Memory {
  /** Next to the same server without connections. */
  readonly perConnection: number;
  /** The same, the first fifth of the connections left out: what a server grows once at its start is not in it. */
  readonly perFurtherConnection: number;
}

/** One server and its readers, open for as many rounds as are wanted. */
export interface Bout {
  readonly subject: string;
  /** Measured where it was asked for. */
  readonly memory: Memory | undefined;
  /** @throws VoidRoundError when not every delivery was made. */
  round(workload: Workload, round: number, amount: Amount): Promise<Measured>;
  /** Profiles the server while something is done, and writes that to a file. Node only. */
  profiled<T>(file: string, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** How long a round is: ticks, or alerts while ticks go on. */
export type Amount = { readonly ticks: number } | { readonly alerts: number };

/** A round that does not count, because an event was lost or came twice. */
export class VoidRoundError extends Error {
  override name = "VoidRoundError";
}

const FRAMES_PER_ACK = 1_000;
/** Foreign servers have the first core for themselves. */
const CORES = { server: 0, readers: 1 } as const;

/** Settings of {@link startBout}. */
export interface BoutOptions {
  /** Measure what connections take; takes seconds. */
  readonly withMemory?: boolean;
  /** For the server, where that is Node. */
  readonly nodeArgs?: ChildOptions["nodeArgs"];
}

/** Starts a server on one core and its readers on another. */
export async function startBout(
  subject: string,
  shape: Shape,
  { withMemory = false, nodeArgs = [] }: BoutOptions = {},
): Promise<Bout> {
  const { foreign, find, countsWrites } = entryOf(subject);
  const bun = subject === "bun" ? find() : undefined;
  const core = foreign ? CORES.readers : CORES.server;
  const server = startChild("server.ts", [subject], { core, bun, nodeArgs });
  const sink = startChild("sink.ts", [], { core: CORES.readers });
  const stop = async () => void (await Promise.all([server.stop(), sink.stop()]));
  const readers = readersPerChannel(shape);

  /** Publishes, and resolves when every reader has every event. */
  const deliver = async (go: Omit<Go, "channels" | "readersPerChannel" | "framesPerAck">) => {
    sink.tell({ start: true });
    await sink.hear(); // counting from zero before the first event can come
    const began = nowUs();
    const { channels } = shape;
    const whole = { ...go, channels, readersPerChannel: readers, framesPerAck: FRAMES_PER_ACK };
    server.tell({ go: whole satisfies Go });
    const { events = 0, alerts = 0, stalled = 0 } = await server.hear();
    const deliveries = events * readers + alerts * shape.connections;
    sink.tell({ expect: deliveries });
    const { received = 0, bytes = 0, lastUs = 0, p50, p99 } = await sink.hear();
    server.tell({ stop: true });
    const { cpuUs = 0, writes } = await server.hear();
    if (received !== deliveries || stalled) {
      const why = `${subject}: ${received} of ${deliveries} deliveries`;
      throw new VoidRoundError(stalled ? `${why}, and then nothing` : why);
    }
    return { deliveries, cpuUs, writes, seconds: (lastUs - began) / 1e6, bytes, p50, p99 };
  };

  try {
    const ports = await server.hear();
    const open = async (from: number, to: number) => {
      const { port, controlPort } = ports;
      const framesPerAck = FRAMES_PER_ACK;
      sink.tell({ open: { subject, port, controlPort, shape, from, to, framesPerAck } });
      await sink.hear();
    };
    const memory = withMemory
      ? await openMeasured(server, allConnections(shape), open)
      : await open(0, allConnections(shape));
    await atRest(server);
    // Servers do not all say when a subscription is in place: one event on every channel tells.
    await deliver({ eventsPerTick: shape.channels, tickMs: 0, ticks: 1 });
    return {
      subject,
      memory: memory ?? undefined,
      async round({ name, eventsPerTick, tickMs, alertEveryMs = 0 }, round, amount) {
        const { connections } = shape;
        const much =
          "ticks" in amount
            ? amount
            : {
                ticks: 0,
                alerts: { count: amount.alerts, everyMs: alertEveryMs, readers: connections },
              };
        const { deliveries, cpuUs, writes, seconds, bytes, p50, p99 } = await deliver({
          eventsPerTick,
          tickMs,
          ...much,
        });
        return {
          workload: name,
          subject,
          round,
          deliveries,
          cpuUs: Math.round(cpuUs),
          cpuUsPerDelivery: rounded(cpuUs / deliveries),
          deliveriesPerSecond: Math.round(deliveries / seconds),
          bytesPerDelivery: rounded(bytes / deliveries),
          ...(countsWrites &&
            writes !== undefined && { writesPerDelivery: rounded(writes / deliveries) }),
          ...(p50 !== undefined && { p50Ms: rounded(p50) }),
          ...(p99 !== undefined && { p99Ms: rounded(p99) }),
        };
      },
      async profiled(file, work) {
        server.tell({ profile: "" });
        await server.hear();
        const done = await work();
        server.tell({ profile: file });
        await server.hear();
        return done;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens all connections, with a look at the memory before, after a fifth of them, and after all. */
async function openMeasured(
  server: Child,
  all: number,
  open: (from: number, to: number) => Promise<void>,
): Promise<Memory> {
  const fifth = Math.ceil(all / 5);
  const empty = await residentAtRest(server);
  await open(0, fifth);
  const some = await residentAtRest(server);
  await open(fifth, all);
  const full = await residentAtRest(server);
  return {
    perConnection: (full - empty) / all,
    perFurtherConnection: (full - some) / (all - fifth),
  };
}

async function residentAtRest(server: Child): Promise<number> {
  await atRest(server);
  server.tell({ rss: true });
  const { rss = 0 } = await server.hear();
  return rss;
}

async function atRest(server: Child): Promise<void> {
  server.tell({ rest: true });
  await server.hear();
}

/** Four digits are more than the machine repeats. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
