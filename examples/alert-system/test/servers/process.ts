import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A server in a process of its own, the way `npm start` runs it. */
export interface ServerProcess {
  readonly url: string;
  /** What it wrote to the terminal. */
  output(): string;
  /** Sends a signal and waits for the end; resolves with the exit code, `null` after a kill. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The servers lie beside the system. */
const rootOf = (name: string) =>
  fileURLToPath(new URL(`../../../alert-server-${name.toLowerCase()}`, import.meta.url));

function run(env: Readonly<Record<string, string>>, name: string) {
  const child = spawn(
    process.execPath,
    ["--conditions=@tocsin/source", "--import", "tsx", "src/main.ts"],
    {
      cwd: rootOf(name),
      env: { ...process.env, LOG_LEVEL: "error", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let text = "";
  const written = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on("data", written);
  child.stderr.on("data", written);
  return { child, output: () => text };
}

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
};

/** Starts a server; resolves when it says where it listens, rejects with its words when it does not start. */
export async function spawnServer(
  env: Readonly<Record<string, string>>,
  name = "Fastify",
): Promise<ServerProcess> {
  const { child, output } = run(env, name);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", () => {
      const address = /(http:\/\/[\d.:]+)\/docs/.exec(output())?.[1];
      if (address) resolve(address);
    });
    child.once("exit", () => reject(new Error(output())));
  });
  return {
    url,
    output,
    end(signal) {
      child.kill(signal);
      return ended(child);
    },
  };
}

/** Runs a server that is expected not to start. */
export async function runToEnd(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { child, output } = run(env, "Fastify");
  return { code: await ended(child), output: output() };
}
