import { type AddressInfo, createServer } from "node:net";
import { createClient } from "@tocsin/client";
import type { AlertNotification } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runToEnd, type ServerProcess, spawnServer } from "./process.js";
import { temporaryDirectory } from "./support.js";

const KILLS = 3;
/** Alerts to see in each life before it is ended. */
const PER_LIFE = 4;

let directory: ReturnType<typeof temporaryDirectory>;
let server: ServerProcess | undefined;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await server?.end("SIGKILL");
  directory.remove();
});

async function request(url: string, path: string, token?: string, method = "GET", body?: unknown) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return response.json();
}

/** Watches every made-up symbol at its current price: each will be crossed again and again. */
async function watchEverything(url: string, token: string): Promise<string[]> {
  const { items } = await request(url, "/api/symbols");
  const ids: string[] = [];
  for (const { symbol, price, source } of items) {
    if (source !== "simulation") continue;
    for (const factor of [0.98, 1, 1.02]) {
      const at = Number((price * factor).toFixed(2));
      const rules = [
        { kind: "take-profit", price: at },
        { kind: "stop-loss", price: at },
      ];
      const created = await request(url, "/api/monitors", token, "POST", { symbol, rules });
      ids.push(created.id);
    }
  }
  return ids;
}

describe("a server that is killed", () => {
  it(`goes on where it was, ${KILLS} times: no alert is lost, none repeated, none out of order (F4, F15)`, {
    timeout: 180_000,
  }, async () => {
    const env = { TOCSIN_DATA: directory.path, PORT: "0" };
    server = await spawnServer(env);
    const { url } = server;
    const { token } = await request(url, "/api/session", undefined, "POST", {});
    const seen: AlertNotification[] = [];
    const revisions: string[] = [];
    const recoveries: string[] = [];
    let wake: () => void = () => {};
    const client = createClient({
      url: `${url.replace("http", "ws")}/ws`,
      contract: market,
      token, // the same one all the time: a restart must not sign anybody out
      backoff: { baseMs: 50, maxMs: 200 },
    });
    const inbox = client.subscribe(market.alerts({ userId: "demo" }));
    inbox.on("recovery", ({ outcome }) => recoveries.push(outcome));
    inbox.on("event", (notification) => {
      revisions.push(`${notification.id} ${notification.revision}`);
      if (notification.revision === 1) seen.push(notification);
      wake();
    });
    await inbox.ready;
    const monitors = await watchEverything(url, token);
    const seenAtLeast = async (count: number): Promise<void> => {
      while (seen.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };

    let marketTime = 0;
    for (let life = 0; life < KILLS; life += 1) {
      await seenAtLeast(seen.length + PER_LIFE);
      const status = await request(url, "/api/service", token);
      expect(status.marketTime).toBeGreaterThan(marketTime);
      // Up to a second may be played again after a kill, never more.
      marketTime = status.marketTime - 3 * 86_400_000;
      await server.end("SIGKILL");
      server = await spawnServer({ ...env, PORT: new URL(url).port });
    }
    await seenAtLeast(seen.length + PER_LIFE);
    await request(url, "/api/service/stop", token, "POST");

    const stored: AlertNotification[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = await request(url, `/api/notifications?limit=200${query}`, token);
      stored.push(...page.items);
      cursor = page.nextCursor;
    }
    stored.reverse();
    await seenAtLeast(stored.length);
    expect(seen.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
    const cause = new Map<string, number>();
    for (const { monitorId, ruleId, firedAt, cooldownUntil } of stored) {
      expect(firedAt).toBeGreaterThanOrEqual(cause.get(`${monitorId} ${ruleId}`) ?? 0);
      cause.set(`${monitorId} ${ruleId}`, cooldownUntil);
    }
    expect(recoveries.filter((outcome) => outcome === "gap")).toEqual([]);
    const kept = await request(url, "/api/monitors", token);
    expect(kept.items.map(({ id }: { id: string }) => id)).toEqual(monitors);
    await client.close();
  });
});

describe("a server that is asked to stop", { timeout: 120_000 }, () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends cleanly on %s and keeps market time",
    async (signal) => {
      const env = { TOCSIN_DATA: directory.path, PORT: "0" };
      server = await spawnServer(env);
      const { token } = await request(server.url, "/api/session", undefined, "POST", {});
      const stopped = await request(server.url, "/api/service/stop", token, "POST");
      expect(await server.end(signal)).toBe(0);
      server = await spawnServer({ ...env, SPEED: "1" });
      const status = await request(server.url, "/api/service", token);
      expect(status).toMatchObject({ marketTime: stopped.marketTime, ticks: stopped.ticks });
      expect(server.output()).not.toMatch(/error/i);
    },
  );
});

describe("a server that cannot start", { timeout: 120_000 }, () => {
  it("says that its port is taken and how to take another", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, output } = await runToEnd({ TOCSIN_DATA: directory.path, PORT: `${port}` });
    taken.close();
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      `Port ${port} is taken. Stop what uses it, or take another: set PORT=${port + 1}.`,
    );
  });

  it("says that another server has its data directory", async () => {
    server = await spawnServer({ TOCSIN_DATA: directory.path, PORT: "0" });
    const { code, output } = await runToEnd({ TOCSIN_DATA: directory.path, PORT: "0" });
    expect(code).toBe(1);
    expect(output.trim()).toMatch(/^Another server is using .*set TOCSIN_DATA\.$/);
  });

  it("says which environment variable is wrong", async () => {
    const { code, output } = await runToEnd({ TOCSIN_DATA: directory.path, PORT: "eighty" });
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      'The environment variable PORT is wrong: must be a number from 0 to 65535. It is "eighty".',
    );
  });
});
