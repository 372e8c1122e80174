import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONNECT, publishLines } from "../wire/nats.js";
import { connectTo, freePort, ownFolder, startProgram } from "./program.js";
import { message, type Subject } from "./subject.js";

/** nats-server over its own protocol: no history, no order across readers, a slow reader is cut. */
export async function start(command: string): Promise<Subject> {
  const folder = ownFolder();
  const port = await freePort();
  const settings = join(folder, "nats.conf");
  writeFileSync(
    settings,
    `listen: 127.0.0.1:${port}\nping_interval: "1h"\nmax_connections: 100000\nmax_pending: 256MB\n`,
  );
  const program = startProgram(command, ["-c", settings, "-l", join(folder, "log")], folder);
  const publisher = await connectTo(port);
  publisher.resume();
  publisher.write(CONNECT);
  let waiting = "";
  return {
    port,
    pid: program.pid,
    publish(channel, text) {
      waiting += publishLines(`c.${channel}`, message(channel, text));
    },
    endTick() {
      publisher.write(waiting);
      waiting = "";
    },
    stop: program.stop,
  };
}
