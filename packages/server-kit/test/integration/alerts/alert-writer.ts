/**
 * Records the same fires as every other writer of the test, one transaction each, and says after each commit what it
 * stored. Arguments: the database, the ids of the monitors, how many rounds.
 */
import { kyselyAlertStore } from "../../../src/alerts/store/kysely-alert-store.js";
import { fired, minute, resolved } from "../../support/alert-transitions.js";
import { connectAlerts } from "../../support/connect-alerts.js";

const [location = "", ids = "", rounds = "0"] = process.argv.slice(2);
const db = connectAlerts(location);
const store = kyselyAlertStore(db, { flood: { max: 1_000_000, windowMs: 1 } });
const { armed } = await store.changesSince(0);
const wanted = new Set(ids.split(","));
const monitors = armed.map(({ monitor }) => monitor).filter(({ id }) => wanted.has(id));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const monitor of monitors) {
    const at = minute(round);
    const recorded = await store.record([
      fired(monitor, "tp", at),
      resolved(monitor, "tp", at + 1_000),
    ]);
    for (const { id, seq } of recorded.fired) console.log(JSON.stringify({ id, seq }));
  }
}
await db.destroy();
