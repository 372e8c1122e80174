import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinnedTo } from "../child.js";
import { listening } from "../listening.js";

/** A program of the machine that serves, with a folder of its own that goes when it is stopped. */
export interface Program {
  readonly pid: number;
  readonly process: ChildProcess;
  stop(): void;
}

/** Servers are measured on this core; whoever publishes to a foreign one stays away from it. */
const SERVER_CORE = 0;

/** The first of these files that is there. */
export function firstOf(...paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** Where a command of this machine is. */
export function commandPath(name: string): string | undefined {
  return firstOf(
    ...["/usr/bin", "/usr/sbin", "/usr/local/bin"].map((folder) => join(folder, name)),
  );
}

/** What a program says about its version, in one line. */
export function versionOf(command: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return (
    `${stdout ?? ""}${stderr ?? ""}`
      .split("\n")
      .find((line) => /\d/.test(line))
      ?.trim() ?? ""
  );
}

/** A folder for the settings of one program. */
export function ownFolder(): string {
  return mkdtempSync(join(tmpdir(), "tocsin-bench-"));
}

/** Starts a program on the core of servers. It ends with us. */
export function startProgram(
  command: string,
  args: readonly string[],
  folder: string,
  stdio: "ignore" | "pipe" = "ignore",
): Program {
  const [program = "", ...rest] = [...pinnedTo(SERVER_CORE), command, ...args];
  const child = spawn(program, rest, { stdio: [stdio, stdio, "inherit"] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  const stop = () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", stop);
  return { pid, process: child, stop };
}

/** A port that was free a moment ago, for programs that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Connects as soon as the program listens. */
export async function connectTo(port: number): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await new Promise((resolve, reject) => {
        const socket = connect({ port, host: "127.0.0.1", noDelay: true });
        socket.once("connect", () => resolve(socket));
        socket.once("error", reject);
      });
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
