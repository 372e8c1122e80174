import { createBell, poll } from "../lib/bell.js";
import type { Direction } from "../lib/link.js";
import { createProxy } from "../lib/proxy.js";
import { createReader, together } from "../lib/reader.js";
import { NOTHING, type Run, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";

const HEARTBEAT = { intervalMs: 1_000, timeoutMs: 1_000 };
const PROMISED_MS = HEARTBEAT.intervalMs + HEARTBEAT.timeoutMs;
/** The server looks at its connections once a second, and gives one it closes a second to say goodbye. */
const ROUND_MS = 1_000;
const LINGER_MS = 1_000;
/** What timers and a busy machine may add. */
const SLACK_MS = 1_000;

/** Silences one idle line, and returns how long each end took to notice. */
async function silence(run: Run, deaf: readonly Direction[]) {
  const bell = createBell();
  await using server = await startServer({ heartbeat: HEARTBEAT });
  await using proxy = await createProxy({ target: () => server.port, onChange: bell.ring });
  await using reader = createReader({
    name: "reader",
    url: proxy.url,
    channel: { kind: "journal", name: "silent" },
    bell,
    dice: run.dice.fork(),
  });
  await using _ = together([reader]);
  await bell.until(() => reader.live, 5_000, "the reader joined");
  // Somewhere in the rhythm of the heartbeat, not always at its beginning.
  await new Promise((resolve) => setTimeout(resolve, run.dice.between(0, HEARTBEAT.intervalMs)));
  proxy.setMode({ is: "mute" }, deaf);
  proxy.refusing = true; // a client that dials again would be a new connection of the server
  const start = performance.now();
  const [clientMs, serverMs] = await Promise.all([
    bell
      .until(() => !reader.live, 10_000, "the client noticed")
      .then(() => performance.now() - start),
    poll(
      async () => (await server.ask({ do: "stats" })).connections === 0,
      10_000,
      "the server noticed",
    ),
  ]);
  proxy.refusing = false;
  proxy.setMode({ is: "pass" });
  await bell.until(() => reader.live, 10_000, "the reader is back");
  return { clientMs, serverMs, newest: reader.newest };
}

export const silentDrop: Scenario = {
  id: "F13",
  title: "silent drop, both ends",
  withinSeconds: 90,
  async run(run) {
    const directions: readonly (readonly Direction[])[] = [["up", "down"], ["up"], ["down"]];
    const rounds = run.quick ? 1 : 3;
    const client: number[] = [];
    const server: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const deaf of run.quick ? directions.slice(0, 1) : directions) {
        const { clientMs, serverMs } = await silence(run, deaf);
        client.push(clientMs);
        server.push(serverMs);
      }
    }
    const [slowestClient, slowestServer] = [Math.max(...client), Math.max(...server)];
    return {
      ...NOTHING,
      cuts: client.length,
      violations: unmet({
        [`the client took ${slowestClient.toFixed(0)} ms`]: slowestClient <= PROMISED_MS + SLACK_MS,
        [`the server took ${slowestServer.toFixed(0)} ms`]:
          slowestServer <= PROMISED_MS + ROUND_MS + LINGER_MS + SLACK_MS,
      }),
      notes: [
        `interval + timeout ${PROMISED_MS} ms; noticed by the client in at most ` +
          `${slowestClient.toFixed(0)} ms, freed by the server in at most ${slowestServer.toFixed(0)} ms`,
      ],
    };
  },
};
