import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { webhookSignature } from "@tocsin/server-kit/alerts";
import { afterAll, beforeAll, expect, test } from "vitest";

const WATCH = fileURLToPath(new URL("..", import.meta.url));
const SERVER = fileURLToPath(new URL("../../alert-server-fastify/", import.meta.url));
const RUN = ["--conditions=@tocsin/source", "--import", "tsx", "src/main.ts"];
const LONG_MS = 30_000;
const SECRET = `whsec_${Buffer.from("a key of more than sixteen bytes").toString("base64")}`;
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
  const child = start(WATCH, ["--url", `http://127.0.0.1:${port}`, ...args], {
    TOCSIN_WEBHOOK_SECRET: SECRET,
  });
  const lines: string[] = [];
  let errors = "";
  if (child.stdout) createInterface(child.stdout).on("line", (line) => lines.push(line));
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, lines, errors: () => errors, exit };
}

/** Takes webhooks, but not each at once: every third request is turned away. */
async function startReceiver() {
  const posted: Posted[] = [];
  let requests = 0;
  const http = createHttpServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests += 1;
    if (requests % 3 === 0) return response.writeHead(503).end();
    const {
      "webhook-id": id,
      "webhook-timestamp": at,
      "webhook-signature": sign,
    } = request.headers;
    const signature = webhookSignature(SECRET, String(id), Number(at), body);
    posted.push({ ...(JSON.parse(body) as Posted), verified: sign === signature });
    return response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port: hookPort } = http.address() as AddressInfo;
  return { posted, url: `http://127.0.0.1:${hookPort}/hook`, close: () => http.close() };
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
  ({ port } = probe.address() as AddressInfo);
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

test("alerts come as JSON lines and as webhooks, each once, through a killed and restarted server", async () => {
  await startServer();
  const hook = await startReceiver();
  const { child, lines, errors, exit } = startWatch(
    ...["--json", "--rewind", "0", "--forward", hook.url],
  );
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

  // What is turned away is tried again a little later; the watch is told to end once those so far have arrived.
  const isStart = ({ type }: Posted) => type !== "alert.resolved";
  const soFar = (JSON.parse(lines.at(-1) ?? "{}") as { alert: Seen }).alert.seq;
  const posted = () => hook.posted.filter(isStart).map(({ data }) => data.seq);
  await expect.poll(() => Math.max(0, ...posted()), POLL).toBeGreaterThanOrEqual(soFar);
  child.kill("SIGINT");
  expect(await exit).toBe(0);
  const messages = lines.map((line) => JSON.parse(line) as { type: string; alert: Seen });
  expect(messages.every(({ type }) => type === "alert")).toBe(true);
  // One that fired before the watch was there is heard of when it is over: that is no beginning.
  const seqs = messages.filter(({ alert }) => alert.revision === 1).map(({ alert }) => alert.seq);
  const first = seqs[0] ?? 0;
  expect(seqs).toEqual(seqs.map((_, index) => first + index)); // none missing, none twice, in order

  hook.close();
  expect(posted()).toEqual(seqs.slice(0, posted().length));
  expect(hook.posted.every(({ verified }) => verified)).toBe(true);
}, 120_000);

test("--all tells of the end of an alert too, and without it each is one line", async () => {
  const all = startWatch("--all", "--rewind", "1000");
  const once = startWatch("--rewind", "1000");
  await expect.poll(() => all.lines.join("\n"), { timeout: LONG_MS }).toContain("resolved 20");
  await expect.poll(() => once.lines.length, { timeout: LONG_MS }).toBeGreaterThan(0);
  for (const { child, exit } of [all, once]) {
    child.kill("SIGINT");
    expect(await exit).toBe(0);
  }
  expect(all.lines.length).toBeGreaterThan(once.lines.length);
}, 120_000);

test("a user the server refuses ends it with 4", async () => {
  const { exit, errors } = startWatch("--json", "--user", "Not A Name");
  expect(await exit).toBe(4);
  expect(errors()).toContain('refuses "Not A Name"');
});

test("without a secret nothing is forwarded, and it says which variable it wants", async () => {
  const child = start(WATCH, ["--forward", "http://127.0.0.1:9/"], { TOCSIN_WEBHOOK_SECRET: "" });
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, "exit");
  expect(code).toBe(2);
  expect(errors).toContain("TOCSIN_WEBHOOK_SECRET");
});

test("wrong arguments end it with 2", async () => {
  const { exit, errors } = startWatch("--rewind", "many");
  expect(await exit).toBe(2);
  expect(errors()).toContain("--rewind");
});

interface Posted {
  readonly type: string;
  readonly data: Seen;
  readonly verified: boolean;
}

interface Seen {
  readonly revision: number;
  readonly seq: number;
}
