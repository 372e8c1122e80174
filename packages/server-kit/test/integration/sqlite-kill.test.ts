import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openSqlite, sqliteHistoryStore } from "../../src/sqlite/index.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

interface Acknowledged {
  readonly channel: string;
  readonly epoch: string;
  readonly offset: number;
  readonly data: string;
}

const APPENDER = fileURLToPath(new URL("./sqlite-appender.ts", import.meta.url));

/** Runs the appender, kills it after so many acknowledgements and returns all of them. */
async function appendUntilKilled(
  file: string,
  life: number | string,
  acks: number,
): Promise<Acknowledged[]> {
  const child = spawn(
    process.execPath,
    ["--conditions=@tocsin/source", "--import", "tsx", APPENDER, file, String(life)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith("}")) continue; // the kill may cut the last line, and with it the promise
    acknowledged.push(JSON.parse(line));
    if (acknowledged.length === acks) child.kill("SIGKILL");
  }
  await exited;
  return acknowledged;
}

it("has every acknowledged append after a SIGKILL, four times over on one file (F4)", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "history.db");
  const acknowledged: Acknowledged[] = [];
  for (const [life, acks] of [1, 7, 60, 300].entries()) {
    const promised = await appendUntilKilled(file, life, acks);
    expect(promised.length).toBeGreaterThanOrEqual(acks);
    acknowledged.push(...promised);
  }

  const db = openSqlite(file);
  const store = sqliteHistoryStore(db);
  const pages = await Promise.all(
    ["alerts:0", "alerts:1", "alerts:2"].map(async (channel) => ({
      channel,
      page: await store.read(channel),
    })),
  );
  const stored = new Map<string, unknown>();
  for (const { channel, page } of pages) {
    expect(page.complete).toBe(0);
    expect(page.entries.map(({ offset }) => offset)).toEqual(
      Array.from({ length: page.offset }, (_, index) => index + 1),
    );
    for (const { offset, data } of page.entries) {
      stored.set(`${channel} ${page.epoch} ${offset}`, data);
    }
  }
  const lost = acknowledged.filter(
    ({ channel, epoch, offset, data }) => stored.get(`${channel} ${epoch} ${offset}`) !== data,
  );
  expect(lost).toEqual([]);
  db.close();
});

it("has each keyed append once, whatever moment the kill came at (F4, F10)", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "history.db");
  let acknowledged = 0;
  for (const acks of [1, 3, 20, 50, 200]) {
    // What was stored but not acknowledged before the kill is published again with the same key.
    const promised = await appendUntilKilled(file, `once ${acknowledged + 1}`, acks);
    acknowledged = Math.max(acknowledged, ...promised.map(({ data }) => Number(data)));
  }
  const db = openSqlite(file);
  const { entries, offset } = await sqliteHistoryStore(db).read("numbers");
  db.close();
  expect(offset).toBeGreaterThanOrEqual(acknowledged);
  expect(entries.map(({ data }) => Number(data))).toEqual(
    Array.from({ length: offset }, (_, index) => index + 1),
  );
});
