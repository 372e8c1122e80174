import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDispatcher } from "../../../src/alerts/delivery/dispatcher.js";
import { type AlertStore, kyselyAlertStore } from "../../../src/alerts/store/kysely-alert-store.js";
import { type AlertDatabase, describeEngines } from "../../support/alert-engines.js";
import { newMonitorOf, takeProfit } from "../../support/alert-transitions.js";

const WRITER = fileURLToPath(new URL("./alert-writer.ts", import.meta.url));

interface Stored {
  readonly id: string;
  readonly seq: number;
}

describeEngines("writers in processes of their own", (engine) => {
  let database: AlertDatabase;
  let store: AlertStore;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    database = await engine.open();
    store = kyselyAlertStore(database.db);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await database[Symbol.asyncDispose]();
  });

  /** Runs a writer, and kills it after so many notifications. */
  async function write(
    monitorIds: readonly string[],
    rounds: number,
    { killAfter = Number.POSITIVE_INFINITY, onStored = (_: Stored) => {} } = {},
  ): Promise<readonly Stored[]> {
    const args = [WRITER, database.location, monitorIds.join(","), String(rounds)];
    const child = spawn(
      process.execPath,
      ["--conditions=@tocsin/source", "--import", "tsx", ...args],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    children.push(child);
    const exited = once(child, "exit");
    const stored: Stored[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.endsWith("}")) continue; // the kill may cut the last line
      stored.push(JSON.parse(line));
      onStored(stored.at(-1) as Stored);
      if (stored.length === killAfter) child.kill("SIGKILL");
    }
    const [code] = await exited;
    if (killAfter === Number.POSITIVE_INFINITY) expect(code).toBe(0);
    return stored;
  }

  const monitorsOf = (count: number, changes = {}) =>
    Promise.all(
      Array.from({ length: count }, () =>
        newMonitorOf(store, [takeProfit], { cooldownMs: 0, ...changes }),
      ),
    );
  const inbox = () => store.notifications("ada", { limit: 10_000 });

  it("number notifications in the order of their commits: a reader by cursor misses none", {
    timeout: 120_000,
  }, async () => {
    const monitors = await monitorsOf(6);
    const ids = monitors.map(({ id }) => id);
    const seen: AlertNotification[] = [];
    let done = false;
    /** Reads on from the greatest number it has seen, as a reader by cursor does. */
    const readOn = async () => {
      const newer = (await inbox()).filter(({ seq }) => seq > (seen.at(-1)?.seq ?? 0));
      seen.push(...newer.reverse());
    };
    const reader = (async () => {
      while (!done) {
        await readOn();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await readOn();
    })();
    const stored = await Promise.all([
      write(ids.slice(0, 4), 20), //
      write(ids.slice(2), 20),
    ]);
    done = true;
    await reader;
    expect(seen.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 120 }, (_, index) => index + 1),
    );
    // Each of them was stored by one writer only, also where two evaluated the same monitor.
    expect(stored.flat()).toHaveLength(120);
  });

  it("lose and double nothing when they are killed: each trigger is one notification and goes out once (F15)", {
    timeout: 120_000,
  }, async () => {
    const ids = (await monitorsOf(2)).map(({ id }) => id);
    const promised: Stored[] = [];
    for (const killAfter of [1, 20]) {
      promised.push(...(await write(ids, 30, { killAfter })));
    }
    const before = await inbox();
    for (const { id, seq } of promised)
      expect(before.find((each) => each.id === id)?.seq).toBe(seq);
    await write(ids, 30);
    const after = await inbox();
    expect(after).toHaveLength(60);
    expect(new Set(after.map(({ monitorId, firedAt }) => `${monitorId} ${firedAt}`)).size).toBe(60);
    expect(after.every(({ state, revision }) => state === "resolved" && revision === 2)).toBe(true);
    const published: string[] = [];
    const dispatcher = createDispatcher({
      store,
      sinks: [
        {
          name: "inbox",
          batch: 50,
          async deliver({ notification: { id, revision } }) {
            published.push(`${id} ${revision}`);
          },
        },
      ],
    });
    expect(await dispatcher.flush()).toBe(true);
    await dispatcher.close();
    expect(published).toHaveLength(120);
    expect(new Set(published).size).toBe(120);
  });
});
