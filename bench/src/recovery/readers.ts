import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { createCounter, type Measure } from "../wire/counter.js";
import { clientFrame, framesOf, upgradeRequest } from "../wire/web-socket.js";

/** Readers that all come at once, each with the position it had, and count what each of them is given. */

interface Storm {
  readonly port: number;
  readonly clients: number;
  readonly epoch: string;
  readonly offset: number;
  /** Events each of them has missed. */
  readonly missed: number;
}

const PATIENCE_MS = 60_000;
const SETTLE_MS = 50;
/** More than these wait in the queue of the kernel, and would be turned away there. */
const DIALLING = 1_000;
const memory = Buffer.allocUnsafe(65_536);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

const frames = framesOf(0);
const EVENT = Buffer.from('{"type":"event"');
/** Told by their first bytes, for the greeting of the server is as long as an event. */
const eventFrames: Measure = (bytes, at) => {
  const frame = frames(bytes, at);
  const payload = at + ((bytes[at + 1] ?? 0) < 126 ? 2 : 4);
  if (!frame || bytes.length < payload + EVENT.length) return undefined;
  return { ...frame, isEvent: EVENT.equals(bytes.subarray(payload, payload + EVENT.length)) };
};

for await (const line of createInterface({ input: process.stdin })) {
  say(await storm(JSON.parse(line)));
}
process.exit(0);

async function storm({ port, clients, epoch, offset, missed }: Storm) {
  const subscribe = clientFrame(
    JSON.stringify({ type: "subscribe", channel: "c:0", since: { epoch, offset } }),
  );
  const got = new Int32Array(clients);
  const sockets: Socket[] = [];
  let answered = 0;
  let whole = 0;
  let next = 0;
  const began = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS);
    const done = () => {
      if (answered < clients || whole < clients) return;
      clearTimeout(timer);
      setTimeout(resolve, SETTLE_MS); // one event too many would come now
    };
    const dial = () => {
      if (next >= clients) return;
      const index = next;
      next += 1;
      const counter = createCounter(eventFrames);
      let upgraded = false;
      let here = false;
      const socket = connect({
        port,
        host: "127.0.0.1",
        noDelay: true,
        onread: {
          buffer: memory,
          callback(size) {
            let chunk = memory.subarray(0, size);
            if (!upgraded) {
              upgraded = true;
              chunk = chunk.subarray(chunk.indexOf("\r\n\r\n") + 4);
              socket.write(subscribe);
            }
            if (!here && chunk.includes('"subscribed"')) {
              here = true;
              answered += 1;
              if (missed === 0) whole += 1;
              dial();
              done();
            }
            counter.feed(chunk);
            const before = got[index] ?? 0;
            const now = before + counter.take();
            got[index] = now;
            if (before < missed && now >= missed) {
              whole += 1;
              done();
            }
            return true;
          },
        },
      });
      socket.on("error", () => {});
      socket.on("connect", () =>
        socket.write(upgradeRequest("/ws", { subprotocol: "tocsin.v1.json" })),
      );
      sockets.push(socket);
    };
    for (let n = 0; n < DIALLING; n++) dial();
  });
  const ms = performance.now() - began - SETTLE_MS;
  const wrong = got.filter((events) => events !== missed).length;
  for (const socket of sockets) socket.destroy();
  return { answered, wrong, ms };
}
