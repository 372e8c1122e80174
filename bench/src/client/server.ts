import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { createHub } from "@tocsin/server-kit";
import { listening } from "../listening.js";
import { contract, EVENTS_PER_REPORT, ROWS, type Row } from "./contract.js";

/** Serves the page of a folder and feeds it: `server.ts FOLDER`, told what to publish in JSON lines. */

interface Feed {
  readonly channel: "feed" | "board";
  readonly events: number;
  /** 0 sends as fast as the page takes them. */
  readonly perSecond: number;
  /** What the page has had before. */
  readonly before: number;
}

const AHEAD = 8 * EVENTS_PER_REPORT;
const folder = process.argv[2] ?? "";
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };
let got = 0;
let wake = () => {};

const hub = createHub({
  contract,
  methods: {
    got: async ({ events }) => {
      got = events;
      wake();
      return {};
    },
  },
});
const server = createServer((request, response) => {
  const path = normalize(request.url === "/" ? "/index.html" : (request.url ?? ""));
  try {
    const body = readFileSync(join(folder, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/plain" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
hub.attach(server);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const board = contract.board({ of: "all" });
const feed = contract.feed({ of: "all" });
for (let n = 0; n < ROWS; n++) await hub.publish(board, rowOf(n));
say({ port: await listening(server) });

for await (const line of createInterface({ input: process.stdin })) {
  await publish(JSON.parse(line));
  say({ published: 1 });
}
process.exit(0);

async function publish({ channel, events, perSecond, before }: Feed): Promise<void> {
  got = before;
  const began = performance.now();
  for (let sent = 0; sent < events; ) {
    const until =
      perSecond === 0
        ? sent + 100
        : Math.floor(((performance.now() - began) * perSecond) / 1_000) + 1;
    for (; sent < Math.min(until, events); sent++) {
      const row = rowOf(sent);
      void (channel === "board" ? hub.publish(board, row) : hub.publish(feed, row));
    }
    if (perSecond > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    else await new Promise((resolve) => setImmediate(resolve));
    while (before + sent - got > AHEAD) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/** Spread over the rows, so that each changes as often. */
function rowOf(n: number): Row {
  const price = 100 + ((n * 7_919) % 1_000) / 100;
  return {
    id: `row-${(n * 271) % ROWS}`,
    price,
    change: price - 100,
    high: price + 1,
    low: price - 1,
    volume: n,
  };
}
