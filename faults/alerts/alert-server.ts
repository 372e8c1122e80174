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
import { steppedClock } from "./stepped-clock.js";

/** A whole alert server that kills itself at a point it is told. It ends with its parent. */
const settings = JSON.parse(process.argv[2] ?? "{}") as AlertServerSettings;
const { directory, minutes, port } = settings;
/** One market minute: the shortest step of a replay. */
const STEP_MS = 10;
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
  const clock = steppedClock();
  const source = replaySource({
    series: [listSeries(ticksOf(minutes))],
    sessions: [{ open: START, close: START + minutes * MINUTE }],
    speed: MINUTE / STEP_MS,
    clock,
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
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  process.send?.({ type: "listening", port: (server.address() as AddressInfo).port });
  if (settings.idle) return;

  service.start();
  for (let minute = 1; !service.status().ended; minute += 1) {
    clock.pass(STEP_MS);
    while (service.health().backlog > 0) await new Promise(setImmediate);
    // Now and then and not always, so that alerts are also published while others are being stored.
    if (minute % 4 === 0) await dispatcher.flush();
  }
  await service.stop();
  await dispatcher.flush();
  process.send?.({ type: "ended" });
}

void main();
