import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser } from "./support/browser.js";
import {
  freePort,
  type ServerProcess,
  type ServerSettings,
  startServer,
} from "./support/server.js";

const LONG_MS = 30_000;
const POLL = { timeout: LONG_MS, interval: 2_000 };
/** Two market hours a second: made-up symbols move many times a second, and a test can keep up. */
const SPEED = 7_200;

const missing = chromiumPath === undefined && process.env.REQUIRE_SERVICES !== "1";
const why = missing ? " (skipped: no Chromium; install it or set CHROMIUM_PATH)" : "";

describe.skipIf(missing)(`the dashboard on the real server, in a real browser${why}`, () => {
  let directory: string;
  let settings: ServerSettings;
  let server: ServerProcess | undefined;
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];

  const connection = () => page.getByTestId("connection");
  const priceOf = (symbol: string) =>
    page.locator(`tr[data-symbol="${symbol}"] td[data-column="price"]`);
  const alertIds = () =>
    page
      .locator("[data-alert-id]")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-alert-id")));
  const awaitStatus = (status: string) =>
    page
      .locator(`[data-testid="connection"][data-status="${status}"]`)
      .waitFor({ timeout: LONG_MS });
  const awaitMove = async (symbol: string) => {
    const before = await priceOf(symbol).textContent();
    await expect.poll(() => priceOf(symbol).textContent(), { timeout: LONG_MS }).not.toBe(before);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tocsin-dashboard-"));
    const dashboard = join(directory, "dist");
    await build({
      root: fileURLToPath(new URL("..", import.meta.url)),
      logLevel: "error",
      build: { outDir: dashboard, minify: false },
    });
    settings = {
      port: await freePort(),
      dataDirectory: join(directory, "data"),
      dashboard,
      speed: SPEED,
    };
    server = await startServer(settings);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on("pageerror", (error) => failures.push(error.message));
    await page.goto(server.url);
    await awaitStatus("live");
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.kill();
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  test("prices move, and so does market time", async () => {
    const time = page.getByTestId("market-time");
    const before = await time.textContent();
    await awaitMove("SIM-A");
    await expect.poll(() => time.textContent(), { timeout: LONG_MS }).not.toBe(before);
  });

  test("a wrong value is told at its field, which is given the focus", async () => {
    const field = page.getByLabel("Take profit");
    await field.fill("-5");
    await page.getByRole("button", { name: "Create monitor" }).click();
    await page.getByText("must be a price above 0").waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    const describedBy = await field.getAttribute("aria-describedby");
    expect(await page.locator(`[id="${describedBy}"]`).textContent()).toBe(
      "must be a price above 0",
    );
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(true);
    await field.fill("");
  });

  test("a form without a level is refused as a whole", async () => {
    await page.getByRole("button", { name: "Create monitor" }).click();
    await page.getByText("add at least one rule").waitFor();
  });

  test("a monitor made by the form is listed, and its alert appears exactly once", async () => {
    // The market waits while the levels are set around its price; one of them is reached soon after.
    await page.getByRole("button", { name: "Stop the monitoring service" }).click();
    await page.getByText("Service stopped; prices as of").waitFor();
    await page.getByRole("button", { name: "SIM-C", exact: true }).first().click();
    const last = Number((await priceOf("SIM-C").textContent())?.replaceAll(",", ""));
    await page.getByLabel("Take profit").fill((last * 1.002).toFixed(2));
    await page.getByLabel("Stop loss").fill((last * 0.998).toFixed(2));
    await page.getByLabel("Cooldown, minutes").fill(String(30 * 24 * 60));
    await page.getByLabel("Note").fill("from the test");
    await page.getByRole("button", { name: "Create monitor" }).click();
    const monitors = page.getByRole("list", { name: "Monitors" });
    await monitors.getByText("from the test").waitFor();
    expect(await alertIds()).toEqual([]);

    await page.getByRole("button", { name: "Start the monitoring service" }).click();
    const alert = page.locator("[data-alert-id]", { hasText: "from the test" });
    await alert.first().waitFor({ timeout: LONG_MS });
    expect(await alert.first().textContent()).toContain("SIM-C");
    const ids = await alertIds();
    expect(ids).toEqual([...new Set(ids)]);
  }, 90_000);

  test("a monitor is switched off and on, changed, and deleted after a question", async () => {
    const monitors = page.getByRole("list", { name: "Monitors" });
    const toggle = monitors.getByRole("switch", { name: "Monitor on SIM-C enabled" });
    // The input is drawn over by its track; a person clicks the track too.
    await toggle.focus();
    await page.keyboard.press("Space");
    await page.getByText("0 on, 1 off").waitFor();
    await page.keyboard.press("Space"); // the focus is still there
    await page.getByText("1 on", { exact: true }).waitFor();

    await monitors.getByRole("button", { name: "Change the monitor on SIM-C" }).click();
    expect(await page.getByLabel("Note").inputValue()).toBe("from the test");
    await page.getByLabel("Note").fill("changed by the test");
    await page.getByRole("button", { name: "Save changes" }).click();
    await monitors.getByText("changed by the test").waitFor();

    await page.getByLabel("Entry from").fill("1");
    await page.getByLabel("Entry to").fill("2");
    await page.getByRole("button", { name: "Create monitor" }).click();
    await monitors.getByText("Entry 1.00 – 2.00").waitFor();
    await monitors.getByRole("button", { name: "Delete the monitor on SIM-C" }).last().click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await monitors.getByText("Entry 1.00 – 2.00").waitFor({ state: "detached" });
    expect(await monitors.getByRole("listitem").count()).toBe(1);
  }, 60_000);

  test("the service is stopped and started, and the page says so", async () => {
    await page.getByRole("button", { name: "Stop the monitoring service" }).click();
    await page.getByText("Service stopped; prices as of").waitFor();
    await page.getByRole("button", { name: "Start the monitoring service" }).click();
    await page.getByText("Service stopped; prices as of").waitFor({ state: "detached" });
    await awaitMove("SIM-B");
  });

  test("a killed server shows at once, and nothing is missing or twice when it is back", async () => {
    const before = await alertIds();
    expect(before.length).toBeGreaterThan(0);

    await server?.kill();
    await page.locator('table[data-stale="true"]').waitFor({ timeout: LONG_MS });
    await page.getByText(/^Prices as of .*not updating$/).waitFor();
    await expect
      .poll(() => connection().textContent(), { timeout: LONG_MS })
      .toMatch(/Reconnecting in \d+ s · attempt \d+/);
    expect(await page.getByRole("button", { name: /the monitoring service/ }).isDisabled()).toBe(
      true,
    );
    const stalePrice = await priceOf("SIM-A").textContent();

    server = await startServer(settings);
    await awaitStatus("live");
    await page.locator('table[aria-label="Prices"]:not([data-stale])').waitFor();
    await expect
      .poll(() => priceOf("SIM-A").textContent(), { timeout: LONG_MS })
      .not.toBe(stalePrice);
    await expect
      .poll(() => connection().textContent(), { timeout: LONG_MS })
      .toMatch(/nothing missed|recovered/);

    const after = await alertIds();
    expect(after).toEqual([...new Set(after)]);
    expect(after).toEqual(expect.arrayContaining(before));
    const stored = await storedIds(settings.port);
    await expect.poll(alertIds, { timeout: LONG_MS }).toEqual(expect.arrayContaining(stored));
  }, 120_000);

  test("alerts of a time without connection are recovered, counted, and stand there once", async () => {
    // Levels close to the price as it is at each try: it may have wandered off those of the last one.
    const anotherAlert = async () => {
      await createBusyMonitor(settings.port);
      return (await storedIds(settings.port)).length;
    };
    let reachable = true;
    const cuts: (() => Promise<void>)[] = [];
    const other = await browser.newPage();
    await other.routeWebSocket(/\/ws$/, async (socket) => {
      if (!reachable) return socket.close({ code: 1012 });
      socket.connectToServer();
      cuts.push(() => socket.close({ code: 1012 }));
    });
    await other.goto(`http://127.0.0.1:${settings.port}`);
    const indicator = other.getByTestId("connection");
    const status = (value: string) =>
      expect.poll(() => indicator.getAttribute("data-status"), { timeout: LONG_MS }).toBe(value);
    await status("live");
    // Prices on the page mean that the subscriptions sent along with theirs, the inbox among them, are answered.
    await other.locator('tr[data-symbol="SIM-A"]').waitFor();
    await other.locator("[data-alert-id]").first().waitFor();
    const before = (await storedIds(settings.port)).length;

    reachable = false;
    for (const cut of cuts) await cut();
    await status("waiting");
    await expect.poll(anotherAlert, POLL).toBeGreaterThan(before + 1);
    reachable = true;
    await expect
      .poll(() => indicator.textContent(), { timeout: LONG_MS })
      .toMatch(/recovered \d+ alerts?/);
    await other.getByText(/alerts? arrived while the connection was down/).waitFor();

    const stored = await storedIds(settings.port);
    const shown = () =>
      other
        .locator("[data-alert-id]")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-alert-id")));
    await expect
      .poll(shown, { timeout: LONG_MS })
      .toEqual(expect.arrayContaining(stored.slice(0, 40)));
    const ids = await shown();
    expect(ids).toEqual([...new Set(ids)]);
    await other.close();
  }, 120_000);

  test("a gap is told in the timeline, and the history is loaded again", async () => {
    let connects = 0;
    let historyLoads = 0;
    const cuts: (() => Promise<void>)[] = [];
    const other = await browser.newPage();
    other.on("request", (request) => {
      if (request.url().includes("/api/notifications")) historyLoads += 1;
    });
    // The server keeps too much for a short test to outlive it, so its second answer is made one of a gap.
    await other.routeWebSocket(/\/ws$/, (socket) => {
      connects += 1;
      const upstream = socket.connectToServer();
      cuts.push(() => socket.close({ code: 1012 }));
      upstream.onMessage((data) => {
        const message = JSON.parse(String(data)) as { type: string; channel?: string };
        const inbox = message.type === "subscribed" && message.channel === "alerts:demo";
        const gap = { recovery: "gap", gap: { from: 5, to: 7, reason: "expired" } };
        socket.send(JSON.stringify(inbox && connects > 1 ? { ...message, ...gap } : message));
      });
    });
    await other.goto(`http://127.0.0.1:${settings.port}`);
    await other.locator('tr[data-symbol="SIM-A"]').waitFor();
    await other.locator("[data-alert-id]").first().waitFor();
    const loadsBefore = historyLoads;
    for (const cut of cuts) await cut();
    await other
      .getByText("3 alerts may have arrived while offline; reloaded from the server")
      .waitFor({ timeout: LONG_MS });
    await expect
      .poll(() => other.getByTestId("connection").textContent())
      .toContain("gap of 3, history reloaded");
    expect(historyLoads).toBeGreaterThan(loadsBefore);
    await other.close();
  }, 90_000);

  test("the page ran without an error of its own", () => {
    expect(failures).toEqual([]);
  });
});

/** A monitor whose levels lie close to the price of a restless symbol, and which tells every time. */
async function createBusyMonitor(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/api`;
  const session = await fetch(`${url}/session`, { method: "POST" });
  const { token } = (await session.json()) as { token: string };
  const symbols = await fetch(`${url}/symbols`);
  const { items } = (await symbols.json()) as { items: { symbol: string; price: number }[] };
  const price = items.find(({ symbol }) => symbol === "SIM-A")?.price ?? 25;
  const around = (factor: number) => Number((price * factor).toFixed(2));
  await fetch(`${url}/monitors`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({
      symbol: "SIM-A",
      note: "busy",
      cooldownMs: 0,
      rules: [
        { kind: "take-profit", price: around(1.001) },
        { kind: "stop-loss", price: around(0.999) },
      ],
    }),
  });
}

/** What the server itself says there is, to compare with what stands on the page. */
async function storedIds(port: number): Promise<string[]> {
  const url = `http://127.0.0.1:${port}/api`;
  const session = await fetch(`${url}/session`, { method: "POST" });
  const { token } = (await session.json()) as { token: string };
  const response = await fetch(`${url}/notifications?limit=200`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { items } = (await response.json()) as { items: { id: string }[] };
  return items.map(({ id }) => id);
}
