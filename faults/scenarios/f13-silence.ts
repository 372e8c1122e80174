import { createBell, poll } from "../lib/bell.js";
import type { Direction } from "../lib/link.js";
import { createProxy } from "../lib/proxy.js";
import { createReader, together } from "../lib/reader.js";
import { NOTHING, type Run, type Scenario, unmet } from "../lib/scenario.js";
import { startServer } from "../lib/server-process.js";
import type { Answers } from "../lib/server-settings.js";

const HEARTBEAT = { intervalMs: 1_000, timeoutMs: 1_000 };
const PROMISED_MS = HEARTBEAT.intervalMs + HEARTBEAT.timeoutMs;
/** The server gives a connection that it closes so long to say goodbye. */
const LINGER_MS = 1_000;
/** What a busy machine may add, and asking the server every 10 ms. The server's own share is a tick of 25 ms. */
const SLACK_MS = 500;

/** By closing the line itself, or because the client that noticed first hung up and that got through. */
const hasNoticed = ({ closing, connections }: Answers["stats"]) => closing > 0 || connections === 0;

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
  const stats = () => server.ask({ do: "stats" });
  const [clientMs, serverMs, freedMs] = await Promise.all([
    bell
      .until(() => !reader.live, 10_000, "the client noticed")
      .then(() => performance.now() - start),
    poll(async () => hasNoticed(await stats()), 10_000, "the server noticed"),
    poll(async () => (await stats()).connections === 0, 10_000, "the server let go"),
  ]);
  proxy.refusing = false;
  proxy.setMode({ is: "pass" });
  await bell.until(() => reader.live, 10_000, "the reader is back");
  return { clientMs, serverMs, freedMs };
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
    const freed: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const deaf of run.quick ? directions.slice(0, 1) : directions) {
        const { clientMs, serverMs, freedMs } = await silence(run, deaf);
        client.push(clientMs);
        server.push(serverMs);
        freed.push(freedMs);
      }
    }
    const [slowestClient, slowestServer, slowestFreed] = [client, server, freed].map((times) =>
      Math.max(...times),
    ) as [number, number, number];
    return {
      ...NOTHING,
      cuts: client.length,
      violations: unmet({
        [`the client took ${slowestClient.toFixed(0)} ms`]: slowestClient <= PROMISED_MS + SLACK_MS,
        [`the server took ${slowestServer.toFixed(0)} ms`]: slowestServer <= PROMISED_MS + SLACK_MS,
        [`the server let go after ${slowestFreed.toFixed(0)} ms`]:
          slowestFreed <= PROMISED_MS + LINGER_MS + SLACK_MS,
      }),
      notes: [
        `interval + timeout ${PROMISED_MS} ms; noticed by the client in at most ` +
          `${slowestClient.toFixed(0)} ms, by the server in at most ${slowestServer.toFixed(0)} ms and freed in ` +
          `at most ${slowestFreed.toFixed(0)} ms`,
      ],
    };
  },
};
