import { writeSync } from "node:fs";
import { openSqlite, sqliteHistoryStore } from "../../src/sqlite/index.js";
import type { Keep } from "../../src/store/history-store.js";

/**
 * A process that appends to a history file until it is killed, and says of each append that was acknowledged
 * where it is. Written synchronously: a line that was said is a promise that was given.
 */
const [file = "", life = ""] = process.argv.slice(2);
const LOG: Keep = { mode: "log", size: 1_000_000, ttlMs: 3_600_000 };
const store = sqliteHistoryStore(openSqlite(file));

/** Publishes 1, 2, 3 … with a key each, from the number after the last one that was acknowledged. */
async function appendOnceForever(from: number): Promise<never> {
  for (let n = from; ; n += 1) {
    const once = { key: `n ${n}`, ttlMs: 3_600_000 };
    const entry = { data: String(n), timestamp: Date.now() };
    const { epoch, offset } = await store.appendOnce("numbers", entry, LOG, once);
    writeSync(1, `${JSON.stringify({ channel: "numbers", epoch, offset, data: entry.data })}\n`);
  }
}

async function appendForever(worker: number): Promise<never> {
  const channel = `alerts:${worker % 3}`;
  for (let count = 0; ; count += 1) {
    const data = `life ${life}, worker ${worker}, ${count}`;
    const { epoch, offset } = await store.append(channel, { data, timestamp: Date.now() }, LOG);
    writeSync(1, `${JSON.stringify({ channel, epoch, offset, data })}\n`);
  }
}

if (life.startsWith("once ")) await appendOnceForever(Number(life.slice(5)));
await Promise.all([0, 1, 2, 3, 4].map(appendForever));
