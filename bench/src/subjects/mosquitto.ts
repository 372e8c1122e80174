import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectPacket, publishPacket } from "../wire/mqtt.js";
import { connectTo, freePort, ownFolder, startProgram } from "./program.js";
import { message, type Subject } from "./subject.js";

/** mosquitto over MQTT at quality of service 0: no history, nothing is acknowledged. */
export async function start(command: string): Promise<Subject> {
  const folder = ownFolder();
  const port = await freePort();
  const settings = join(folder, "mosquitto.conf");
  writeFileSync(
    settings,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\npersistence false\n` +
      "max_queued_messages 0\nlog_dest none\n",
  );
  const program = startProgram(command, ["-c", settings], folder);
  const publisher = await connectTo(port);
  publisher.resume();
  publisher.write(connectPacket("publisher"));
  let waiting: Buffer[] = [];
  return {
    port,
    pid: program.pid,
    publish(channel, text) {
      waiting.push(publishPacket(`c/${channel}`, message(channel, text)));
    },
    endTick() {
      publisher.write(Buffer.concat(waiting));
      waiting = [];
    },
    stop: program.stop,
  };
}
