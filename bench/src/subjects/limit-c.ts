import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { serverFrame } from "../wire/web-socket.js";
import { commandPath, ownFolder, startProgram } from "./program.js";
import { message, type Subject } from "./subject.js";

const END_TICK = 0xffff_ffff;

/** The C compiler of this machine. */
export function compiler(): string | undefined {
  return commandPath("gcc") ?? commandPath("cc");
}

/** No protocol and no runtime: a C program that is handed ready-made frames. What is left is the kernel. */
export async function start(): Promise<Subject> {
  const cc = compiler();
  if (cc === undefined) throw new Error("there is no C compiler");
  const folder = ownFolder();
  const binary = join(folder, "limit");
  const source = new URL("limit.c", import.meta.url).pathname;
  const made = spawnSync(cc, ["-O2", "-o", binary, source], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`limit.c does not compile: ${made.stderr}`);
  const program = startProgram(binary, [], folder, "pipe");
  const { stdin, stdout } = program.process;
  if (!stdin || !stdout) throw new Error("a program without pipes");
  const [port] = await once(stdout, "data");
  let waiting: Buffer[] = [];
  return {
    port: Number(port),
    pid: program.pid,
    publish(channel, text) {
      const frame = serverFrame(Buffer.from(message(channel, text)));
      waiting.push(head(channel, frame.length), frame);
    },
    endTick() {
      waiting.push(head(END_TICK, 0));
      stdin.write(Buffer.concat(waiting));
      waiting = [];
    },
    stop: program.stop,
  };
}

function head(channel: number, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(channel);
  bytes.writeUInt32LE(size, 4);
  return bytes;
}
