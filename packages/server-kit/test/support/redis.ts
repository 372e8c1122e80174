import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Socket, connect as tcpConnect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { findRedis } from "../../../../scripts/lib/needs.mjs";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary-directory.js";

const run = promisify(execFile);

/** A Redis of a test's own: its files are in a directory that is gone with it. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Says something to it with redis-cli. */
  cli(...args: string[]): Promise<string>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, with the files it had. */
  start(): Promise<void>;
  /** Makes it stand still. */
  pause(): void;
  resume(): void;
}

/** A port that was free a moment ago. Those of a cluster node need a second one 10,000 above. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    if (address !== null && typeof address === "object" && address.port < 55_000)
      return address.port;
  }
}

/** Starts a server on a free port and waits until it answers. */
export async function startRedis(
  settings: readonly string[] = [],
  { sentinel }: { readonly sentinel?: string } = {},
): Promise<RedisServer> {
  const port = await freePort();
  const directory = temporaryDirectory();
  if (sentinel !== undefined) writeFileSync(join(directory.path, "sentinel.conf"), sentinel);
  let child = await spawnRedis(port, directory, settings, sentinel !== undefined);
  const cli = (...args: string[]) => redisCli(port, ...args);
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGCONT");
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    cli,
    kill: end,
    async start() {
      child = await spawnRedis(port, directory, settings, sentinel !== undefined);
    },
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await end();
      directory[Symbol.dispose]();
    },
  };
}

async function spawnRedis(
  port: number,
  { path }: TemporaryDirectory,
  settings: readonly string[],
  sentinel: boolean,
): Promise<ChildProcess> {
  const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", path, "--save", ""];
  const args = sentinel
    ? [join(path, "sentinel.conf"), "--port", String(port), "--bind", "127.0.0.1", "--sentinel"]
    : [...own, ...settings];
  const child = spawn(findRedis() ?? "redis-server", args, { stdio: "ignore" });
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    if ((await redisCli(port, "PING").catch(() => "")) === "PONG") return child;
    await sleep(25);
  }
  child.kill("SIGKILL");
  throw new Error("redis-server did not answer within 15 s");
}

export async function redisCli(port: number, ...args: string[]): Promise<string> {
  const { stdout } = await run("redis-cli", ["-h", "127.0.0.1", "-p", String(port), ...args]);
  return stdout.trim();
}

/** A line between a client and a server that can be cut. */
export interface CuttableLine extends AsyncDisposable {
  readonly url: string;
  /** Cuts every connection that goes through it now. */
  cut(): void;
  /** While it is shut, new connections are cut too. */
  shut: boolean;
  /** While it is silent, it swallows what is sent, and nobody is told. */
  silent: boolean;
}

/** Puts a line in front of a server. */
export async function cuttableLine(port: number): Promise<CuttableLine> {
  const ends = new Set<Socket>();
  const line = { shut: false, silent: false };
  const server = createServer((near) => {
    if (line.shut) {
      near.destroy();
      return;
    }
    const far = tcpConnect(port, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        ends.delete(one);
        other.destroy();
      });
      one.on("data", (bytes) => {
        if (!line.silent) other.write(bytes);
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const own = address !== null && typeof address === "object" ? address.port : 0;
  const cut = () => {
    for (const end of ends) end.resetAndDestroy();
  };
  return Object.assign(line, {
    url: `redis://127.0.0.1:${own}`,
    cut,
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, "close");
    },
  });
}
