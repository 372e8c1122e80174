import { DEFAULT_HEARTBEAT_INTERVAL_MS } from "@tocsin/protocol";
import { createBell } from "../lib/bell.js";
import { check } from "../lib/checker.js";
import { DEFAULT_BACKOFF } from "../lib/defaults.js";
import { rates } from "../lib/rates.js";
import { createReader, type Reader, together } from "../lib/reader.js";
import { outcomeOf, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";
import { temporaryFile } from "../lib/temporary-file.js";

/** So many clients connect at a time in the beginning, which is not what is measured. */
const BATCH = 200;
const DOWN_MS = 3_000;

/**
 * The server looks at each client at least once in an interval of the heartbeat, and tells it then over how long all
 * of them should spread. Those who came first were greeted when there were few.
 */
const SETTLED_MS = DEFAULT_HEARTBEAT_INTERVAL_MS + 1_000;

export const stampede: Scenario = {
  id: "F14",
  title: "SIGKILL under many clients",
  withinSeconds: 150,
  async run({ dice, quick }) {
    const { clients, events } = quick
      ? { clients: 50, events: 10 }
      : { clients: 5_000, events: 10 };
    using file = temporaryFile("hub.db");
    const bell = createBell();
    await using server = await startServer({ file: file.path });
    const readers: Reader[] = [];
    await using _ = together(readers);
    for (let first = 0; first < clients; first += BATCH) {
      for (let index = first; index < Math.min(first + BATCH, clients); index += 1) {
        readers.push(
          createReader({
            name: `reader ${index + 1}`,
            url: server.url,
            channel: { kind: "journal", name: "all" },
            bell,
            dice: dice.fork(),
            backoff: DEFAULT_BACKOFF,
            connectTimeoutMs: 15_000,
          }),
        );
      }
      const batch = readers.slice(first);
      await bell.until(() => batch.every(({ live }) => live), 30_000, `clients from ${first}`);
    }
    const publish = (from: number, to: number) =>
      server.ask({ do: "publish", channel: "journal", name: "all", from, to });
    await publish(1, events);
    await bell.until(() => readers.every(({ newest }) => newest === events), 30_000, "all saw it");

    await new Promise((resolve) => setTimeout(resolve, quick ? 0 : SETTLED_MS));

    const connects: number[] = [];
    let dials = 0;
    for (const { client } of readers) {
      client.on("state", ({ status }) => {
        if (status === "connecting") dials += 1;
        if (status === "live") connects.push(performance.now());
      });
    }
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, quick ? 200 : DOWN_MS));
    dials = 0;
    await server.restart();
    await publish(events + 1, 2 * events);
    await bell
      .until(() => readers.every(({ newest }) => newest === 2 * events), 60_000, "all came back")
      .catch(() => {}); // the checker counts

    const { peak, mean, seconds } = rates(connects);
    const publishes = Array.from({ length: 2 * events }, (_none, index) => ({
      value: index + 1,
      outcome: "acked" as const,
    }));
    const verdict = check([{ channel: "journal:all", publishes, readers }]);
    const back = readers.filter(({ live }) => live).length;
    return outcomeOf(verdict, {
      events: 2 * events * clients,
      cuts: 1,
      violations: unmet({
        [`${back} of ${clients} came back`]: back === clients,
        [`${verdict.gaps} gaps although nothing was lost`]: verdict.gaps === 0,
        // A handful of clients has no rate to speak of.
        [`connects peaked at ${(peak / mean).toFixed(2)} x mean`]: quick || peak <= 2 * mean,
      }),
      notes: [
        `${back} of ${clients} recovered in ${seconds.toFixed(1)} s with ${dials} dials; connects/s at most ` +
          `${peak.toFixed(0)}, ${mean.toFixed(0)} on average: ${(peak / mean).toFixed(2)} x`,
      ],
    });
  },
};
