import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createHub, type Logger, silentLogger } from "@tocsin/server-kit";
import { openSqlite, sqliteDedupStore, sqliteHistoryStore } from "@tocsin/server-kit/sqlite";
import { createCommands } from "./lib/commands.js";
import { contract } from "./lib/contract.js";
import type { ServerSettings } from "./lib/server-settings.js";

/**
 * The process that gets killed: a hub on a port, told by its parent what to publish. It ends with its parent, for
 * a killed parent must leave nothing behind.
 */
const settings: ServerSettings = JSON.parse(process.argv[2] ?? "{}");
const db = settings.file === undefined ? undefined : openSqlite(settings.file);

/** The one line of the log that is counted: a connection is about to be closed from this side. */
let closing = 0;
const logger: Logger = {
  ...silentLogger,
  debug(_fields, message) {
    if (message === "closing a connection") closing += 1;
  },
};

const hub = createHub({
  contract,
  logger,
  authorize: () => true,
  ...(db && { history: sqliteHistoryStore(db), dedup: sqliteDedupStore(db) }),
  ...(settings.heartbeat && { heartbeat: settings.heartbeat }),
  // One address and one process play everybody, so the limits on one peer would be limits on the test.
  limits: {
    connectionsPerAddress: 50_000,
    messagesPerSecond: 1_000_000,
    messageBurst: 1_000_000,
    ...settings.limits,
  },
});

const server = createServer((request, response) => {
  const { ok } = hub.health();
  response.writeHead(request.url === "/readyz" && ok ? 200 : 503).end();
});
hub.attach(server);
const handle = createCommands(hub, () => closing);
process.once("SIGTERM", async () => {
  await hub.close(settings.close);
  db?.close();
  process.exit(0);
});
process.on("message", (message) => void handle(message));
process.on("disconnect", () => process.exit());
server.listen(settings.port, "127.0.0.1", 8_192, () => {
  process.send?.({ type: "listening", port: (server.address() as AddressInfo).port });
});
