import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";

/** What a child says: numbers, and now and then a list of them. */
export type Line = Readonly<Record<string, number>>;

/** A process that is spoken to in JSON lines. */
export interface Child {
  tell(message: object): void;
  /** The next line it says. Rejects when it ends first. */
  hear(): Promise<Line>;
  /** Lets it end by itself, so that it can end what it started; kills it when it does not. */
  stop(): Promise<void>;
}

/** How a child is started. */
export interface ChildOptions {
  /** On Linux it is kept on this core. */
  readonly core: number;
  /** The program of Bun, for a script that runs under it. */
  readonly bun?: string | undefined;
  /** More for Node, before the script. */
  readonly nodeArgs?: readonly string[];
}

const TASKSET = "/usr/bin/taskset";
const PATIENCE_MS = 5_000;

/** What to write in front of a command so that it runs on one core; nothing where that cannot be done. */
export function pinnedTo(core: number): readonly string[] {
  return existsSync(TASKSET) ? [TASKSET, "-c", String(core)] : [];
}

/** Starts a script of this folder; under Bun where `bun` names its program. */
export function startChild(script: string, args: readonly string[], options: ChildOptions): Child {
  const path = new URL(script, import.meta.url).pathname;
  const node = [process.execPath, "--expose-gc", ...(options.nodeArgs ?? []), "--import", "tsx"];
  const runtime = options.bun ? [options.bun] : node;
  const [program = "", ...rest] = [...pinnedTo(options.core), ...runtime, path, ...args];
  return speak(spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] }));
}

function speak(child: ChildProcess): Child {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error("a child process without pipes");
  const lines: Interface = createInterface({ input: stdout });
  const heard: string[] = [];
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  lines.on("line", (line) => {
    const next = waiting.shift();
    if (next) next.resolve(line);
    else heard.push(line);
  });
  let ended: Error | undefined;
  stdin.on("error", () => {}); // it has ended, which is told below
  child.on("exit", (code) => {
    ended = new Error(`a process ended with ${code}`);
    for (const { reject } of waiting.splice(0)) reject(ended);
  });
  return {
    tell: (message) => void stdin.write(`${JSON.stringify(message)}\n`),
    async hear() {
      const line =
        heard.shift() ??
        (await new Promise<string>((resolve, reject) => {
          if (ended) reject(ended);
          else waiting.push({ resolve, reject });
        }));
      return JSON.parse(line);
    },
    async stop() {
      if (ended) return;
      const gone = once(child, "exit");
      stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}
