import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../test/support/temporary-directory.js";
import { SqliteOpenError } from "./errors.js";
import { openSqlite } from "./open-sqlite.js";

describe("openSqlite", () => {
  it("sets the connection up so that a commit is on the disk", () => {
    using directory = temporaryDirectory();
    const db = openSqlite(join(directory.path, "a.db"), { busyTimeoutMs: 250 });
    expect(db.pragma("journal_mode")).toEqual([{ journal_mode: "wal" }]);
    expect(db.pragma("synchronous")).toEqual([{ synchronous: 2 }]);
    expect(db.pragma("busy_timeout")).toEqual([{ timeout: 250 }]);
    db.close();
  });

  it("names a missing directory", () => {
    using directory = temporaryDirectory();
    const open = () => openSqlite(join(directory.path, "missing", "a.db"));
    expect(open).toThrow(SqliteOpenError);
    expect(open).toThrow(/missing does not exist; make it first/);
  });

  it("names a directory that stands where the file should be", () => {
    using directory = temporaryDirectory();
    expect(() => openSqlite(directory.path)).toThrow(/is a directory; name a file in it/);
  });

  it("names a file that is no database", () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, "notes.txt");
    writeFileSync(file, "not a database, ".repeat(100));
    expect(() => openSqlite(file)).toThrow(SqliteOpenError);
    expect(() => openSqlite(file)).toThrow(/notes.txt/);
  });

  it.skipIf(process.getuid?.() === 0)(
    "names a file it may not write (not run as root, who may)",
    () => {
      using directory = temporaryDirectory();
      const file = join(directory.path, "a.db");
      openSqlite(file).close();
      chmodSync(file, 0o444);
      expect(() => openSqlite(file)).toThrow(/a.db cannot be written; give this process/);
    },
  );
});
