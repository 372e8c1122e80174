import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const SERVER = fileURLToPath(new URL("../../../alert-server-fastify/", import.meta.url));
const START_MS = 45_000;

/** What a server process is started with; the same again after it was killed. */
export interface ServerSettings {
  readonly port: number;
  readonly dataDirectory: string;
  readonly dashboard: string;
  readonly speed: number;
}

/** A running server process. */
export interface ServerProcess {
  readonly url: string;
  /** Ends it the way a power cut does: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
}

/** Starts the real example server as a process of its own and waits until it answers. */
export async function startServer(settings: ServerSettings): Promise<ServerProcess> {
  const { port, dataDirectory, dashboard, speed } = settings;
  const child = spawn(
    process.execPath,
    ["--conditions=@tocsin/source", "--import", "tsx", "src/main.ts"],
    {
      cwd: SERVER,
      env: {
        ...process.env,
        PORT: String(port),
        TOCSIN_DATA: dataDirectory,
        DASHBOARD: dashboard,
        SPEED: String(speed),
        WEBHOOKS: "private", // whatever a test sends stays on this machine
      },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_MS;
  while (!(await answers(`${url}/livez`))) {
    if (child.exitCode !== null) throw new Error(`the server ended at its start: ${errors}`);
    if (Date.now() > deadline) {
      await kill(child);
      throw new Error(`the server did not answer within ${START_MS} ms: ${errors}`);
    }
    await sleep(100);
  }
  return { url, kill: () => kill(child) };
}

/** A port nobody uses right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
