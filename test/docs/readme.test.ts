import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { type Block, blocksOf, fileName } from "./markdown.js";
import { typeCheck } from "./type-check.js";
import { openWorkshop, type Workshop } from "./workshop.js";

const PORT_IN_README = /\b8080\b/g;
const blocks = blocksOf("README.md");
const programs = blocks.filter((block) => fileName(block) !== undefined);
const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Types the programs off, with a port that is free on this machine. */
function typeOff(workshop: Workshop, port: number): void {
  for (const block of programs) {
    workshop.write(fileName(block) ?? "", `${block.code.replace(PORT_IN_README, String(port))}\n`);
  }
}

function start(workshop: Workshop, file: string): ChildProcess {
  const args = ["--conditions=@tocsin/source", "--import", "tsx", file];
  const child = spawn(process.execPath, args, {
    cwd: workshop.path,
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  return child;
}

async function printed(child: ChildProcess, count: number): Promise<string[]> {
  const lines: string[] = [];
  if (!child.stdout) return lines;
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (lines.length === count) break;
  }
  return lines;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "localhost");
    const open = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
}

const withoutNumbers = (line: string) => line.replace(/\d+(\.\d+)?/g, "#");
const numberIn = (line: string) => Number(/[\d.]+$/.exec(line)?.[0]);

it("shows contract, server and client in about twenty lines of code", () => {
  const code = (block: Block) =>
    block.code.split("\n").filter((line) => line.trim() !== "" && !/^(\/\/|import )/.test(line));
  expect(programs.map(fileName)).toEqual(["contract.ts", "server.ts", "client.ts"]);
  expect(programs.flatMap(code).length).toBeLessThanOrEqual(24);
});

it("type-checks as typed", () => {
  using workshop = openWorkshop();
  typeOff(workshop, 8080);
  expect(typeCheck(workshop)).toEqual([]);
});

it("runs as typed, and prints what the README says", { timeout: 60_000 }, async () => {
  using workshop = openWorkshop();
  const port = await freePort();
  typeOff(workshop, port);
  const promised = blocks.find(({ language }) => language === "text")?.code.split("\n") ?? [];
  start(workshop, "server.ts");
  await reachable(port);
  const lines = await printed(start(workshop, "client.ts"), promised.length);
  expect(lines[0]).toBe(promised[0]);
  expect(lines.map(withoutNumbers)).toEqual(promised.map(withoutNumbers));
  const steps = (text: readonly string[]) =>
    text.slice(2).map((line, index) => numberIn(line) - numberIn(text[index + 1] ?? ""));
  expect(steps(lines)).toEqual(steps(promised));
});
