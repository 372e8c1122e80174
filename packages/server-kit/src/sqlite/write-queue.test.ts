import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import type { SqliteLike } from "./database.js";
import { SqliteBusyError, SqliteClosedError } from "./errors.js";
import { openSqlite } from "./open-sqlite.js";
import { writeQueue } from "./write-queue.js";

function listening(): { db: SqliteLike; said: string[]; close(): void } {
  const real = openSqlite(":memory:");
  real.exec("CREATE TABLE t (a INTEGER PRIMARY KEY)");
  const said: string[] = [];
  const db: SqliteLike = {
    prepare: (sql) => real.prepare(sql),
    exec(sql) {
      said.push(sql);
      return real.exec(sql);
    },
  };
  return { db, said, close: () => real.close() };
}

describe("writeQueue", () => {
  it("commits everything of one round of the event loop together", async () => {
    const { db, said, close } = listening();
    const insert = db.prepare("INSERT INTO t (a) VALUES (?)");
    const queue = writeQueue(db);
    const write = async (a: number) => {
      await Promise.resolve(); // arrives in a later microtask of the same round
      return queue.write(() => insert.run(a));
    };
    await Promise.all([1, 2, 3].map(write));
    expect(said).toEqual(["BEGIN IMMEDIATE", "COMMIT"]);
    close();
  });

  it("resolves nothing before its commit", async () => {
    const { db, said, close } = listening();
    await writeQueue(db).write(() => said.push("job"));
    expect(said).toEqual(["BEGIN IMMEDIATE", "job", "COMMIT"]);
    close();
  });

  it("refuses only the job that cannot be done, and takes its half of the work back", async () => {
    const { db, close } = listening();
    const insert = db.prepare("INSERT INTO t (a) VALUES (?)");
    const queue = writeQueue(db);
    const results = await Promise.allSettled([
      queue.write(() => insert.run(1)),
      queue.write(() => {
        insert.run(2);
        throw new Error("broken job");
      }),
      queue.write(() => insert.run(3)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(db.prepare("SELECT a FROM t ORDER BY a").all()).toEqual([{ a: 1 }, { a: 3 }]);
    close();
  });

  it("waits for somebody else's transaction on the same connection", async () => {
    const db = openSqlite(":memory:");
    db.exec("CREATE TABLE t (a INTEGER)");
    db.exec("BEGIN");
    const written = writeQueue(db).write(() => db.exec("INSERT INTO t VALUES (1)"));
    await new Promise((resolve) => setImmediate(resolve));
    expect(db.prepare("SELECT a FROM t").all()).toEqual([]);
    db.exec("COMMIT");
    await written;
    expect(db.prepare("SELECT a FROM t").all()).toEqual([{ a: 1 }]);
    db.close();
  });

  it("refuses what comes after the connection was closed, instead of ending the process", async () => {
    const db = openSqlite(":memory:");
    const queue = writeQueue(db);
    const late = queue.write(() => db.exec("SELECT 1"));
    db.close();
    await expect(late).rejects.toThrow(SqliteClosedError);
    await expect(queue.write(() => {})).rejects.toThrow(/close it after the hub/);
    await queue.settled();
  });

  it("says that another process is in the way, and that trying again is worth it (F8)", async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, "busy.db");
    const other = openSqlite(file);
    const db = openSqlite(file, { busyTimeoutMs: 1 });
    other.exec("BEGIN IMMEDIATE");
    const refused = writeQueue(db).write(() => {});
    await expect(refused).rejects.toThrow(SqliteBusyError);
    await expect(refused).rejects.toMatchObject({ retryable: true });
    other.exec("COMMIT");
    await writeQueue(db).write(() => {});
    other.close();
    db.close();
  });
});
