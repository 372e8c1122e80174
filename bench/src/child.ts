import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";

/** A process that is spoken to in JSON lines. */
export interface Child {
  tell(message: object): void;
  /** The next line it says. Rejects when it ends first. */
  hear(): Promise<Record<string, number>>;
  stop(): void;
}

/** Starts a script of this folder; under Bun where `bun` names its program. On Linux it is kept on one core. */
export function startChild(
  script: string,
  args: readonly string[],
  { core, bun }: { readonly core: number; readonly bun?: string | undefined },
): Child {
  const path = new URL(script, import.meta.url).pathname;
  const runtime = bun ? [bun, path] : [process.execPath, "--expose-gc", "--import", "tsx", path];
  const pin = existsSync("/usr/bin/taskset") ? ["/usr/bin/taskset", "-c", String(core)] : [];
  const [program = "", ...rest] = [...pin, ...runtime, ...args];
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
  return speak(child);
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
    stop: () => void child.kill("SIGKILL"),
  };
}
