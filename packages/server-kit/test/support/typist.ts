import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program that types lines to a socket and prints the frames it gets. */
export interface Typist extends AsyncDisposable {
  type(line: string): void;
  /** The next frame. Rejects when the program ends instead, with what it complained about. */
  nextFrame(): Promise<string>;
}

/** Starts a typist: a program that reads lines and prints JSON, each perhaps after a prompt. */
export function startTypist(command: string, args: readonly string[]): Typist {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const frames = framesOf(child, () => complaints);
  return {
    type: (line) => void child.stdin.write(`${line}\n`),
    async nextFrame() {
      const next = await frames.next();
      if (next.done) throw new Error(`${command} ended: ${complaints}`);
      return next.value;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.stdin.end();
      child.kill();
      await gone;
    },
  };
}

async function* framesOf(child: ChildProcess, complaints: () => string): AsyncGenerator<string> {
  if (!child.stdout) throw new Error(complaints());
  for await (const line of createInterface({ input: child.stdout })) {
    const start = line.indexOf("{");
    if (start >= 0) yield line.slice(start);
  }
}
