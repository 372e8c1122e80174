// `npm run demo`: the whole alert system on this machine; the server prints where to look.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildDashboard } from "./lib/built.mjs";
import { ensureInstalled, root } from "./setup.mjs";

ensureInstalled();
if ((await buildDashboard()) !== 0) process.exit(1);

// The server runs from sources: nothing to build, nothing stale. In its own process group it gets
// each signal from here alone; a terminal's Ctrl-C would otherwise reach it several times.
const server = spawn(
  process.execPath,
  ["--conditions=@tocsin/source", "--import", "tsx", "src/main.ts", ...process.argv.slice(2)],
  {
    cwd: join(root, "examples/alert-server-fastify"),
    env: { EXAMPLES: "yes", ...process.env },
    stdio: ["ignore", "inherit", "inherit"],
    detached: process.platform !== "win32",
  },
);

let asked = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    // The terminal and npm both pass a Ctrl-C on; the second within a moment is the same one.
    if (Date.now() - asked < 500) return;
    asked = Date.now();
    server.kill(signal);
  });

server.once("exit", (code, signal) => {
  process.exitCode = code ?? (asked > 0 || signal === "SIGTERM" ? 0 : 1);
});
server.once("error", (error) => {
  console.error(`The server did not start: ${error.message}`);
  process.exitCode = 1;
});
