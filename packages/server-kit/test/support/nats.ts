import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { findNats } from "../../../../scripts/lib/needs.mjs";
import { freePort } from "./redis.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** A NATS with JetStream of a test's own: its files are in a directory that is gone with it. */
export interface NatsServer extends AsyncDisposable {
  readonly port: number;
  /** Where its files are. */
  readonly directory: string;
  /** Opens a connection that comes back by itself. */
  connect(port?: number): Promise<NatsConnection>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, with the files it had. */
  start(): Promise<void>;
  /** Makes it stand still. */
  pause(): void;
  resume(): void;
}

/** Starts a server on a free port and waits until it answers. */
export async function startNats(): Promise<NatsServer> {
  const port = await freePort();
  const directory = temporaryDirectory();
  const connectTo = (at: number) =>
    connect({
      servers: `127.0.0.1:${at}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 20,
    });
  const start = async () => {
    const args = ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", directory.path];
    const child = spawn(findNats() ?? "nats-server", args, { stdio: "ignore" });
    await answering(port, child);
    return child;
  };
  let child = await start();
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGCONT");
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    port,
    directory: directory.path,
    connect: (at = port) => connectTo(at),
    kill: end,
    async start() {
      child = await start();
    },
    pause: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await end();
      directory[Symbol.dispose]();
    },
  };
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
    const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false }).catch(
      () => undefined,
    );
    if (connection) {
      await connection.close();
      return;
    }
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error("nats-server did not answer within 15 s");
}
