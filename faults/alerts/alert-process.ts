import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { bundleOf } from "../lib/bundle.js";
import type { Failpoint } from "./points.js";

/** How an alert server is started. */
export interface AlertServerSettings {
  /** Where its databases lie. */
  readonly directory: string;
  readonly port: number;
  /** How much market there is. */
  readonly minutes: number;
  readonly failpoint?: Failpoint | undefined;
  /** Serves, and plays nothing: for readers to join before anything happens. */
  readonly idle?: boolean;
}

/** One life of an alert server. */
export interface AlertProcess {
  readonly port: number;
  /** How it ended: killed by itself, or with the whole market played and everything handed on. */
  readonly end: Promise<"killed" | "ended">;
  /** SIGKILL from outside. */
  kill(): Promise<void>;
}

type Message = { readonly type: "listening"; readonly port: number } | { readonly type: "ended" };

const START_MS = 20_000;

/** Starts a life; resolves when it listens, also when it is killed before it does. */
export async function startAlertServer(settings: AlertServerSettings): Promise<AlertProcess> {
  const child = fork(await bundleOf("alerts/alert-server"), [JSON.stringify(settings)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let { port } = settings;
  const end = new Promise<"killed" | "ended">((resolve, reject) => {
    child.on("message", (message: Message) => {
      if (message.type === "ended") resolve("ended");
    });
    child.once("exit", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else reject(new Error(`the alert server ended with ${signal ?? code}`));
    });
  });
  await listening(child, (at) => {
    port = at;
  });
  return {
    port,
    end,
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function listening(child: ChildProcess, onPort: (port: number) => void): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    late = setTimeout(() => reject(new Error("the alert server did not start")), START_MS);
    child.once("exit", () => resolve());
    child.on("message", (message: Message) => {
      if (message.type !== "listening") return;
      onPort(message.port);
      resolve();
    });
  }).finally(() => clearTimeout(late));
}
