import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createHub } from "@tocsin/server-kit";
import {
  type AlertTables,
  createAlertService,
  createDispatcher,
  inboxSink,
  kyselyAlertStore,
  listSeries,
  migrateAlerts,
  replaySource,
} from "@tocsin/server-kit/alerts";
import { openSqlite, sqliteHistoryStore } from "@tocsin/server-kit/sqlite";
import { Kysely, SqliteDialect } from "kysely";
import type { AlertServerSettings } from "./alert-process.js";
import { contract, MINUTE, monitorsOf, START, ticksOf, USERS } from "./bell-market.js";
import { failingDatabase, failingSink, failingStore } from "./failing.js";
import { createPass } from "./points.js";

/** A whole alert server that kills itself at a point it is told. It ends with its parent. */
const settings = JSON.parse(process.argv[2] ?? "{}") as AlertServerSettings;
const { directory, minutes, speed, port } = settings;
const pass = createPass(settings.failpoint);

async function main(): Promise<void> {
  const database = openSqlite(join(directory, "alerts.sqlite"));
  const db = new Kysely<AlertTables>({
    dialect: new SqliteDialect({ database: failingDatabase(database, pass) }),
  });
  await migrateAlerts(db);
  const store = failingStore(
    // Nobody is told of a flood here: each alert is to be seen by itself.
    kyselyAlertStore(db, { flood: { max: 1_000_000, windowMs: 1 } }),
    pass,
  );
  const hub = createHub({
    contract,
    authorize: () => true,
    history: sqliteHistoryStore(openSqlite(join(directory, "inboxes.sqlite"))),
  });
  const inbox = inboxSink({ hub, channel: (userId) => contract.alerts({ userId }) });
  const dispatcher = createDispatcher({ store, sinks: [failingSink(inbox, pass)] });
  const source = replaySource({
    series: [listSeries(ticksOf(minutes))],
    sessions: [{ open: START, close: START + minutes * MINUTE }],
    speed,
  });
  const service = await createAlertService({
    source,
    store,
    onRecorded: () => dispatcher.wake(),
    // Short lives: with the default of a second none would come further than the one before.
    checkpointMs: 50,
  });
  for (const user of USERS) {
    if ((await store.monitorsOf(user)).length === 0) {
      await service.importMonitors(user, monitorsOf());
    }
  }
  const server = createServer();
  hub.attach(server);
  process.on("disconnect", () => process.exit());
  server.listen(port, "127.0.0.1", () => {
    process.send?.({ type: "listening", port: (server.address() as AddressInfo).port });
    service.start();
  });

  const timer = setInterval(async () => {
    if (!service.status().ended) return;
    clearInterval(timer);
    await service.stop();
    await dispatcher.flush();
    process.send?.({ type: "ended" });
  }, 20);
}

void main();
