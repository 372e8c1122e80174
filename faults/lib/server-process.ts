import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { serverBundle } from "./bundle.js";
import type { Answers, Command, ServerSettings } from "./server-settings.js";

/** A server in a process of its own, which can be killed and started again on the same port. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** SIGKILL: no handler runs, nothing is flushed. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM: it goes down as it was set to. Resolves when the process has ended by itself, with its exit code. */
  stop(): Promise<number | null>;
  /** Starts it again after it has ended. Resolves when it listens. */
  restart(): Promise<void>;
  /** Rejects when the server is killed before it has answered. */
  ask<C extends Command>(command: C): Promise<Answers[C["do"]]>;
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

type Message =
  | { readonly type: "listening"; readonly port: number }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "failed"; readonly id: number; readonly why: string };

const START_MS = 20_000;

export async function startServer(settings: Partial<ServerSettings> = {}): Promise<ServerProcess> {
  const file = await serverBundle();
  const waiting = new Map<number, Waiting>();
  let port = settings.port ?? 0;
  let ids = 0;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = fork(file, [JSON.stringify({ ...settings, port })], {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child = started;
    const listening = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the server did not start")), START_MS);
      started.on("message", (message: Message) => {
        if (message.type === "listening") {
          port = message.port;
          clearTimeout(late);
          resolve();
          return;
        }
        const waiter = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.type === "answer") waiter?.resolve(message.answer as never);
        else waiter?.reject(new Error(message.why));
      });
      started.once("exit", (code, signal) => {
        clearTimeout(late);
        reject(new Error(`the server ended with ${signal ?? code}`));
        for (const { reject: refuse } of waiting.values()) refuse(new Error("the server ended"));
        waiting.clear();
      });
    });
    await listening;
  }

  async function kill(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  async function stop(): Promise<number | null> {
    if (!child) return null;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const [code] = await exited;
    return code;
  }

  await start();
  return {
    get port() {
      return port;
    },
    get url() {
      return `ws://127.0.0.1:${port}/ws`;
    },
    kill,
    stop,
    restart: start,
    ask: (command) =>
      new Promise((resolve, reject) => {
        const id = ++ids;
        waiting.set(id, { resolve, reject });
        child?.send({ id, command }, (error) => {
          if (error) reject(error);
        });
      }),
    [Symbol.asyncDispose]: kill,
  };
}
