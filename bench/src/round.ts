import { type Child, startChild } from "./child.js";
import { readersPerChannel, type Workload } from "./workloads.js";

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
}

/** One server and its readers, open for as many rounds as are wanted. */
export interface Bout {
  round(round: number, ticks: number): Promise<Measured>;
  /** Resident bytes of the server for each connection, next to a server without connections. */
  readonly bytesPerConnection: number;
  stop(): void;
}

const FRAMES_PER_ACK = 1_000;

/** Starts a server on one core and its readers on another. */
export async function startBout(
  subject: string,
  workload: Workload,
  bun: string | undefined,
): Promise<Bout> {
  const server = startChild("server.ts", [subject], {
    core: 0,
    bun: subject === "bun" ? bun : undefined,
  });
  const sink = startChild("sink.ts", [], { core: 1 });
  const { port, controlPort } = await server.hear();
  const before = await rss(server);
  sink.tell({ open: { subject, port, controlPort, workload, framesPerAck: FRAMES_PER_ACK } });
  await sink.hear();
  const readers = readersPerChannel(workload);
  const what = `${subject} ${workload.name}`;
  let serial = 0;

  /** Publishes, and resolves when every reader has every event. */
  const deliver = async (eventsPerTick: number, tickMs: number, ticks: number, ms: number) => {
    serial += 1;
    const deliveries = ticks * eventsPerTick * readers;
    sink.tell({ expect: deliveries, serial });
    await heard(sink, "ready", serial); // counting from zero before the first frame can come
    const began = performance.now();
    const go = { eventsPerTick, tickMs, ticks, channels: workload.channels };
    server.tell({ go: { ...go, readersPerChannel: readers, framesPerAck: FRAMES_PER_ACK } });
    const { received = 0, bytes = 0 } = await within(ms, heard(sink, "serial", serial), what);
    const seconds = (performance.now() - began) / 1_000;
    server.tell({ stop: true });
    const { cpuUs = 0 } = await server.hear();
    if (received !== deliveries) throw new Error(`${what}: ${received} of ${deliveries} delivered`);
    return { deliveries, cpuUs, seconds, bytes };
  };

  // Servers do not all say when a subscription is in place: one event on every channel tells.
  for (let attempt = 1; ; attempt++) {
    try {
      await deliver(workload.channels, 0, 1, 2_000);
      break;
    } catch (error) {
      if (attempt === 15) throw error;
    }
  }
  const bytesPerConnection = ((await rss(server)) - before) / workload.connections;

  return {
    bytesPerConnection,
    async round(round, ticks) {
      const { eventsPerTick, tickMs, name } = workload;
      const { deliveries, cpuUs, seconds, bytes } = await deliver(
        eventsPerTick,
        tickMs,
        ticks,
        60_000,
      );
      return {
        workload: name,
        subject,
        round,
        deliveries,
        cpuUs,
        cpuUsPerDelivery: cpuUs / deliveries,
        deliveriesPerSecond: deliveries / seconds,
        bytesPerDelivery: bytes / deliveries,
      };
    },
    stop() {
      server.stop();
      sink.stop();
    },
  };
}

/** The next line with this number in this field; older ones belong to an attempt that was given up. */
async function heard(child: Child, field: string, serial: number) {
  for (;;) {
    const line = await child.hear();
    if (line[field] === serial) return line;
  }
}

async function rss(server: Child): Promise<number> {
  server.tell({ rss: true });
  const { rss: bytes = 0 } = await server.hear();
  return bytes;
}

function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: not delivered in ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
