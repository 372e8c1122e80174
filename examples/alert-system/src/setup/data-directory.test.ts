import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDataDirectory as open } from "./data-directory.js";
import { StartupError } from "./startup-error.js";

const openDataDirectory = (dataDirectory: string, jwtSecret: string | undefined) =>
  open({ dataDirectory, jwtSecret });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tocsin-data-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("openDataDirectory", () => {
  it("makes the directory and a secret nobody else may read, and finds it again", async () => {
    const path = join(directory, "new", "data");
    const first = await openDataDirectory(path, undefined);
    await first.close();
    const second = await openDataDirectory(path, undefined);
    await second.close();
    expect(first.secret.length).toBeGreaterThanOrEqual(32);
    expect(second.secret).toEqual(first.secret);
    expect(statSync(join(path, "session-secret")).mode & 0o777).toBe(0o600);
  });

  it("takes a given secret and keeps none", async () => {
    const data = await openDataDirectory(directory, "s".repeat(32));
    await data.close();
    expect(data.secret).toEqual(new TextEncoder().encode("s".repeat(32)));
    expect(() => statSync(join(directory, "session-secret"))).toThrow();
  });

  it("lets one server have it at a time, and says so", async () => {
    const first = await openDataDirectory(directory, undefined);
    const second = openDataDirectory(directory, undefined);
    await expect(second).rejects.toThrow(StartupError);
    await expect(second).rejects.toThrow(/Another server is using .*TOCSIN_DATA/);
    await first.close();
    await (await openDataDirectory(directory, undefined)).close();
  });

  it("says what to do about a directory it cannot use", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    await expect(openDataDirectory(file, undefined)).rejects.toThrow(StartupError);
    await expect(openDataDirectory(file, undefined)).rejects.toThrow(
      /cannot be used: .*TOCSIN_DATA/,
    );
  });

  it("says so when the database server is not there, without repeating its password", async () => {
    const opening = open({
      dataDirectory: directory,
      jwtSecret: undefined,
      databaseUrl: "postgres://somebody:hunter2@127.0.0.1:1/tocsin",
    });
    await expect(opening).rejects.toThrow(StartupError);
    await expect(opening).rejects.toThrow(/correct DATABASE_URL/);
    await expect(opening).rejects.not.toThrow(/hunter2/);
    await (await openDataDirectory(directory, undefined)).close();
  });

  it("says so when what lies there is no database, and lets go of the directory", async () => {
    writeFileSync(join(directory, "alerts.sqlite"), "this is a letter to a friend, no database");
    await expect(openDataDirectory(directory, undefined)).rejects.toThrow(StartupError);
    rmSync(join(directory, "alerts.sqlite"));
    await (await openDataDirectory(directory, undefined)).close();
  });
});
