import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser } from "./support/browser.js";
import { freePort, type ServerProcess, startServer } from "./support/server.js";

const LONG_MS = 30_000;
const POLL = { timeout: LONG_MS };
/** Two market hours a second: made-up symbols move many times a second, and a test can keep up. */
const SPEED = 7_200;

const missing = chromiumPath === undefined && process.env.REQUIRE_SERVICES !== "1";
const why = missing ? " (skipped: no Chromium; install it or set CHROMIUM_PATH)" : "";

describe.skipIf(missing)(`the market on the desk, in a real browser${why}`, () => {
  let directory: string;
  let server: ServerProcess | undefined;
  let browser: Browser;
  let page: Page;
  const failures: string[] = [];

  const row = (symbol: string) => page.locator(`tr[data-symbol="${symbol}"]`);
  const select = (symbol: string) => page.locator(`[data-pick="${symbol}"]`).click();
  const priceOf = async (symbol: string) =>
    Number((await row(symbol).locator("[data-price]").textContent())?.replaceAll(",", ""));
  const stage = () => page.locator("[data-marks]");
  const monitors = () => page.getByRole("list", { name: "Monitors" });
  const market = (name: "Start the market" | "Stop the market") =>
    page.getByRole("button", { name }).click();
  const priceOn = async (handle: Locator) => Number(await handle.getAttribute("aria-valuenow"));

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tocsin-market-"));
    const dashboard = join(directory, "dist");
    await build({
      root: fileURLToPath(new URL("..", import.meta.url)),
      logLevel: "error",
      build: { outDir: dashboard, minify: false },
    });
    const dataDirectory = join(directory, "data");
    server = await startServer({ port: await freePort(), dataDirectory, dashboard, speed: SPEED });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
    page.setDefaultTimeout(LONG_MS);
    page.on("pageerror", (error) => failures.push(error.message));
    await page.goto(server.url);
    await row("SIM-A").waitFor();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await server?.kill();
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  test("a list is filtered, sorted, and kept as one's own", async () => {
    await page.getByLabel("Filter symbols").fill("sim-");
    await row("SPX").waitFor({ state: "detached" });
    await page.getByRole("columnheader", { name: "Last" }).getByRole("button").click();
    const shown = () =>
      page
        .locator("tr[data-symbol]")
        .evaluateAll((rows) => rows.map((each) => each.getAttribute("data-symbol")));
    await expect.poll(async () => (await shown())[0], POLL).toBe("SIM-E");
    await page.getByRole("button", { name: "Add SIM-B to my list" }).click();
    await page.getByLabel("Board", { exact: true }).selectOption("mine");
    await expect.poll(shown, POLL).toEqual(["SIM-B"]);
    await page.reload();
    await page.getByLabel("Board", { exact: true }).selectOption("mine");
    await expect.poll(shown, POLL).toEqual(["SIM-B"]);
    await page.getByLabel("Board", { exact: true }).selectOption("all");
  });

  test("arrow keys walk through the symbols", async () => {
    await select("SIM-A");
    await page.keyboard.press("ArrowDown");
    await expect
      .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset.pick), POLL)
      .toBe("SIM-B");
    expect(await row("SIM-B").getAttribute("data-selected")).toBe("true");
  });

  test("a wrong value is told at its field, which is given the focus", async () => {
    await select("SIM-C");
    await page.getByRole("button", { name: "New monitor" }).first().click();
    const price = page.getByLabel("Price", { exact: true });
    await price.fill("-5");
    await page.getByRole("button", { name: "Create monitor" }).click();
    await page.getByText("Must be above 0").waitFor();
    await expect.poll(() => price.evaluate((it) => it === document.activeElement), POLL).toBe(true);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
  });

  test("a level drawn on the chart becomes a monitor, fires, and is marked on the chart", async () => {
    await select("SIM-C");
    await market("Stop the market");
    await page.getByText("prices stand still").waitFor();
    await stage().waitFor();
    const box = await stage().boundingBox();
    if (!box) throw new Error("the chart has no place on the page");
    const x = box.x + box.width * 0.4;
    const y = box.y + box.height * 0.6;
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 30, { steps: 5 });
    await page.mouse.move(x, y - 60, { steps: 5 });
    await page.mouse.up();
    const draft = page.locator('[data-level^="draft:"]');
    await draft.waitFor();
    expect(await priceOn(draft)).toBe(
      Number(await page.getByLabel("Price", { exact: true }).inputValue()),
    );
    await page.locator('[data-preview="known"]').waitFor();
    await page.getByLabel("Note").first().fill("drawn by hand");
    await page.getByRole("button", { name: "Create monitor" }).click();
    await monitors().getByText("drawn by hand").waitFor();

    // Its grip is moved by keys until it lies next to the price, which soon comes by.
    const handle = page.locator("[data-level]");
    const last = await priceOf("SIM-C");
    const side = Math.sign((await priceOn(handle)) - last) || 1;
    const target = last * (1 + side * 0.002);
    for (let presses = 0; presses < 2_000; presses += 1) {
      const away = ((await priceOn(handle)) - target) * side;
      if (away <= 0) break;
      await handle.press(side > 0 ? "ArrowDown" : "ArrowUp");
    }
    await handle.press("Enter");
    await page
      .getByText(/^Level moved to/)
      .first()
      .waitFor();
    expect(await stage().getAttribute("data-marks")).toBe("0");

    await market("Start the market");
    await expect
      .poll(async () => Number(await stage().getAttribute("data-marks")), POLL)
      .toBeGreaterThan(0);
  }, 90_000);

  test("a monitor is snoozed and woken, switched off and on", async () => {
    await page.getByRole("button", { name: "Snooze the monitor on SIM-C" }).click();
    await page.getByRole("menuitem", { name: /7 days/ }).click();
    await monitors().getByText("snoozed", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Snooze the monitor on SIM-C" }).click();
    await page.getByRole("menuitem", { name: "End the snooze" }).click();
    await monitors().getByText("snoozed", { exact: true }).waitFor({ state: "detached" });
    const toggle = monitors().getByRole("switch", { name: "Monitor on SIM-C" });
    await toggle.focus();
    await page.keyboard.press("Space");
    await monitors().getByText("off", { exact: true }).waitFor();
    await page.keyboard.press("Space");
    await monitors().getByText("off", { exact: true }).waitFor({ state: "detached" });
  });

  test("monitors go out as a table and come in again, and a broken table is refused with its line", async () => {
    const menu = () => page.getByRole("button", { name: "Import and export" }).click();
    await menu();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Export as CSV" }).click(),
    ]);
    const csv = await readFile(await download.path(), "utf8");
    expect(csv).toContain("drawn by hand");
    const file = (content: string) => ({
      name: "monitors.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(content),
    });
    await page.getByLabel("File with monitors").setInputFiles(file(csv));
    await expect.poll(() => monitors().getByText("drawn by hand").count(), POLL).toBe(2);
    const broken = 'symbol,kind,rule\nSIM-C,stop-loss,"{""price"":-1}"\n';
    await page.getByLabel("File with monitors").setInputFiles(file(broken));
    await page.getByText(/line 2, rule\.price/).waitFor();
  });

  test("the replay goes to another day by keys, and says where it is", async () => {
    await market("Stop the market");
    const slider = page.getByRole("slider", { name: "Position in the replay" });
    await slider.focus();
    await page.keyboard.press("End");
    const end = await slider.getAttribute("aria-valuetext");
    await page.keyboard.press("Home");
    await expect.poll(() => slider.getAttribute("aria-valuetext"), POLL).not.toBe(end);
    await expect.poll(() => slider.getAttribute("aria-valuenow"), POLL).toBe("0");
    await market("Start the market");
    await page.locator('[data-state="playing"]').waitFor();
  });

  test("nothing on the desk is an obstacle that axe knows of, the open editor included", async () => {
    await page.getByRole("button", { name: "New monitor" }).first().click();
    await page.getByRole("button", { name: "More settings" }).click();
    await page.addScriptTag({
      path: createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
    });
    const found = await page.evaluate(async () => {
      interface Axe {
        run(where: string): Promise<{
          violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      }
      const { axe } = globalThis as unknown as { axe: Axe };
      const { violations } = await axe.run("main");
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
      );
    });
    expect(found).toEqual([]);
  });

  test("the page ran without an error of its own", () => {
    expect(failures).toEqual([]);
  });
});
