import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { nowUs, stampsIn } from "./stamp.js";
import { percentile } from "./stats.js";
import type { Dialect } from "./subjects/dialects.js";
import { entryOf } from "./subjects/registry.js";
import { createCounter } from "./wire/counter.js";
import { channelsOf, LATENCY_SAMPLE, type Shape } from "./workloads.js";

/** The reader process: opens the connections of a shape, and counts events without looking into most of them. */

interface Open {
  readonly subject: string;
  readonly port: number;
  readonly controlPort: number;
  readonly shape: Shape;
  /** Which connections of the shape to open. */
  readonly from: number;
  readonly to: number;
  readonly framesPerAck: number;
}

const AT_ONCE = 100;
/** An event that nobody sent may still come. */
const SETTLE_MS = 20;
/** What has not come after so long does not come. */
const STALL_MS = 10_000;
const MOST_SAMPLES = 200_000;

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const sockets: Socket[] = [];
const memory = Buffer.allocUnsafe(65_536); // one for all: what is read is looked at at once
let received = 0;
let bytes = 0;
let acked = 0;
let last = 0;
let samples: number[] = [];
let expected = Number.POSITIVE_INFINITY;
let control: Socket | undefined;
let framesPerAck = 1;
let stalled: NodeJS.Timeout | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  const message: { open?: Open; start?: true; expect?: number } = JSON.parse(line);
  if (message.open) {
    await open(message.open);
    say({ opened: sockets.length });
  } else if (message.start) {
    received = 0;
    bytes = 0;
    acked = 0;
    samples = [];
    expected = Number.POSITIVE_INFINITY;
    say({ ready: 1 });
  } else if (message.expect !== undefined) {
    expected = message.expect;
    if (received >= expected) finish();
    else waitOn(received);
  }
}
process.exit(0);

async function open({ subject, port, controlPort, shape, from, to, framesPerAck: every }: Open) {
  framesPerAck = every;
  if (!control) {
    control = connect(controlPort, "127.0.0.1");
    control.setNoDelay(true);
  }
  const { dialect } = entryOf(subject);
  for (let start = from; start < to; start += AT_ONCE) {
    const size = Math.min(AT_ONCE, to - start);
    await Promise.all(
      Array.from({ length: size }, (_, n) =>
        dial(dialect(channelsOf(shape, start + n), start + n), port, start + n),
      ),
    );
  }
}

function dial({ greeting, steps, measure }: Dialect, port: number, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const counter = createCounter(measure);
    const sampled = index % LATENCY_SAMPLE === 0;
    let step = 0;
    const socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: memory,
        callback(size) {
          bytes += size;
          let chunk = memory.subarray(0, size);
          for (let next = steps[step]; next && chunk.includes(next.mark); next = steps[step]) {
            if (next.preamble) chunk = chunk.subarray(chunk.indexOf(next.mark) + next.mark.length);
            socket.write(next.say);
            step += 1;
            if (step === steps.length) resolve();
          }
          counter.feed(chunk);
          count(counter.take(), sampled ? chunk : undefined);
          return true;
        },
      },
    });
    socket.on("error", reject);
    socket.on("connect", () => socket.write(greeting));
    sockets.push(socket);
  });
}

function count(events: number, chunk: Buffer | undefined): void {
  if (events === 0) return;
  received += events;
  last = nowUs();
  if (chunk && samples.length < MOST_SAMPLES) {
    for (const published of stampsIn(chunk)) samples.push((last - published) / 1_000);
  }
  const due = Math.floor(received / framesPerAck) - acked;
  if (due > 0) {
    control?.write(Buffer.alloc(due));
    acked += due;
  }
  if (received >= expected) finish();
}

function waitOn(before: number): void {
  clearTimeout(stalled);
  stalled = setTimeout(() => {
    if (received > before) waitOn(received);
    else if (expected < Number.POSITIVE_INFINITY) finish();
  }, STALL_MS);
}

function finish(): void {
  clearTimeout(stalled);
  expected = Number.POSITIVE_INFINITY;
  const { p50, p99 } = { p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) };
  setTimeout(() => say({ received, bytes, lastUs: last, p50, p99 }), SETTLE_MS);
}
