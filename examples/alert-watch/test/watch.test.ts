import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const WATCH = fileURLToPath(new URL("..", import.meta.url));
const SERVER = fileURLToPath(new URL("../../alert-server-fastify/", import.meta.url));
const RUN = ["--conditions=@tocsin/source", "--import", "tsx", "src/main.ts"];
const LONG_MS = 30_000;
const POLL = { timeout: LONG_MS, interval: 2_000 };

let directory: string;
let port: number;
let server: ChildProcess;
const started: ChildProcess[] = [];

function start(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...RUN, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.push(child);
  return child;
}

async function startServer(): Promise<void> {
  server = start(SERVER, [], {
    PORT: String(port),
    TOCSIN_DATA: join(directory, "data"),
    SPEED: "7200",
  });
  server.stdout?.resume();
  for (let ready = false; !ready; ) {
    if (server.exitCode !== null) throw new Error("the server ended at its start");
    ready = await fetch(`http://127.0.0.1:${port}/livez`).then(
      (response) => response.ok,
      () => false,
    );
    if (!ready) await sleep(100);
  }
}

/** A running watch, with what it wrote so far. */
function startWatch(...args: string[]) {
  const child = start(WATCH, ["--url", `http://127.0.0.1:${port}`, ...args]);
  const lines: string[] = [];
  let errors = "";
  if (child.stdout) createInterface(child.stdout).on("line", (line) => lines.push(line));
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, lines, errors: () => errors, exit };
}

async function createMonitor(): Promise<void> {
  const url = `http://127.0.0.1:${port}/api`;
  const session = await fetch(`${url}/session`, { method: "POST" });
  const { token } = (await session.json()) as { token: string };
  const symbols = (await (await fetch(`${url}/symbols`)).json()) as {
    items: { symbol: string; price: number }[];
  };
  const price = symbols.items.find(({ symbol }) => symbol === "SIM-A")?.price ?? 25;
  const response = await fetch(`${url}/monitors`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      symbol: "SIM-A",
      cooldownMs: 0,
      rules: [
        { kind: "take-profit", price: Number((price * 1.001).toFixed(2)) },
        { kind: "stop-loss", price: Number((price * 0.999).toFixed(2)) },
      ],
    }),
  });
  expect(response.status).toBe(201);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tocsin-watch-"));
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  port = typeof address === "object" && address ? address.port : 0;
  probe.close();
  await once(probe, "close");
});

afterAll(async () => {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
  await rm(directory, { recursive: true, force: true });
});

test("without a server it says so and ends with 3", async () => {
  const { exit, errors } = startWatch("--json");
  expect(await exit).toBe(3);
  expect(errors()).toContain(`http://127.0.0.1:${port} cannot be reached: nothing listens there`);
  expect(errors()).toContain("--wait");
});

test("alerts come as JSON lines, each once, through a killed and restarted server", async () => {
  await startServer();
  const { child, lines, errors, exit } = startWatch("--json", "--rewind", "0");
  // Levels close to the price as it is at each try: it may have wandered off those of the last one.
  const anotherLine = async () => {
    await createMonitor();
    return lines.length;
  };
  await expect.poll(anotherLine, POLL).toBeGreaterThan(1);

  const gone = once(server, "exit");
  server.kill("SIGKILL");
  await gone;
  await expect.poll(errors, { timeout: LONG_MS }).toContain("connection lost");
  const before = lines.length;
  await startServer();
  await expect.poll(anotherLine, POLL).toBeGreaterThan(before + 1);

  child.kill("SIGINT");
  expect(await exit).toBe(0);
  const messages = lines.map((line) => JSON.parse(line) as { type: string; alert: Seen });
  expect(messages.every(({ type }) => type === "alert")).toBe(true);
  const seqs = messages.map(({ alert }) => alert.seq);
  const first = seqs[0] ?? 0;
  expect(seqs).toEqual(seqs.map((_, index) => first + index)); // none missing, none twice, in order
}, 120_000);

test("a user the server refuses ends it with 4", async () => {
  const { exit, errors } = startWatch("--json", "--user", "Not A Name");
  expect(await exit).toBe(4);
  expect(errors()).toContain('refuses "Not A Name"');
});

test("wrong arguments end it with 2", async () => {
  const { exit, errors } = startWatch("--rewind", "many");
  expect(await exit).toBe(2);
  expect(errors()).toContain("--rewind");
});

interface Seen {
  readonly seq: number;
}
