import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { dialects } from "./subjects/subject.js";
import { clientFrame, FrameCounter, upgradeRequest } from "./wire.js";
import { COUNTED_BYTES, channelsOf, type Workload } from "./workloads.js";

/** The reader process: opens all connections of a workload, and counts frames without looking into them. */

interface Open {
  readonly subject: string;
  readonly port: number;
  readonly controlPort: number;
  readonly workload: Workload;
  readonly framesPerAck: number;
}

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const sockets: Socket[] = [];
let received = 0;
let bytes = 0;
let acked = 0;
let expected = Number.POSITIVE_INFINITY;
let control: Socket | undefined;
let framesPerAck = 1;
let serial = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const message: { open?: Open; expect?: number; serial?: number } = JSON.parse(line);
  if (message.open) {
    await open(message.open);
    say({ opened: sockets.length });
  } else if (message.expect !== undefined) {
    received = 0;
    bytes = 0;
    acked = 0;
    expected = message.expect;
    serial = message.serial ?? 0;
    say({ ready: serial });
  }
}
process.exit(0);

async function open({ subject, port, controlPort, workload, framesPerAck: every }: Open) {
  framesPerAck = every;
  control = connect(controlPort, "127.0.0.1");
  control.setNoDelay(true);
  const batch = 100;
  for (let start = 0; start < workload.connections; start += batch) {
    const end = Math.min(start + batch, workload.connections);
    await Promise.all(
      Array.from({ length: end - start }, (_, n) => dial(subject, port, workload, start + n)),
    );
  }
}

function dial(subject: string, port: number, workload: Workload, index: number): Promise<void> {
  const dialect = dialects[subject];
  if (!dialect) throw new Error(`no dialect for "${subject}"`);
  return new Promise((resolve, reject) => {
    const counter = new FrameCounter(COUNTED_BYTES);
    let upgraded = false;
    let subscribed = false;
    const socket = connect({
      port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(65_536),
        callback(size, buffer) {
          let chunk = Buffer.from(buffer.buffer, buffer.byteOffset, size);
          if (!upgraded) {
            upgraded = true;
            chunk = chunk.subarray(chunk.indexOf("\r\n\r\n") + 4);
            if (dialect.hello) socket.write(clientFrame(dialect.hello));
          }
          if (!subscribed && (!dialect.welcome || chunk.includes(dialect.welcome))) {
            subscribed = true;
            const wanted = channelsOf(workload, index);
            socket.write(
              Buffer.concat(wanted.map((channel) => clientFrame(dialect.subscribe(channel)))),
            );
            resolve();
          }
          counter.feed(chunk);
          bytes += size;
          received += counter.take();
          report();
          return true;
        },
      },
    });
    socket.on("error", reject);
    socket.on("connect", () => socket.write(upgradeRequest(dialect.path, dialect.subprotocol)));
    sockets.push(socket);
  });
}

function report(): void {
  const due = Math.floor(received / framesPerAck) - acked;
  if (due > 0) {
    control?.write(Buffer.alloc(due));
    acked += due;
  }
  if (received < expected) return;
  say({ received, bytes, serial });
  expected = Number.POSITIVE_INFINITY;
}
