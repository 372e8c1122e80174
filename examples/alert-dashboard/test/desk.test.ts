import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchBrowser } from "./support/browser.js";
import { type Rest, restOf } from "./support/rest.js";
import {
  freePort,
  type ServerProcess,
  type ServerSettings,
  startServer,
} from "./support/server.js";

const LONG_MS = 60_000;
const POLL = { timeout: LONG_MS };
const SPEED = 7_200;
/** A made-up share halts now and then; the connection is no worse for it. */
const LIVE = ["live", "stale"];
const PAGES = ["", "inbox", "monitors", "options", "portfolio", "news", "settings"];

const missing = chromiumPath === undefined && process.env.REQUIRE_SERVICES !== "1";
const why = missing ? " (skipped: no Chromium; install it or set CHROMIUM_PATH)" : "";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(missing)(
  `the desk on the real server, in a real browser${why}`,
  { timeout: 180_000 },
  () => {
    let directory: string;
    let settings: ServerSettings;
    let server: ServerProcess | undefined;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let rest: Rest;
    const failures: string[] = [];

    const address = (path = "") => `http://127.0.0.1:${settings.port}/#/${path}`;
    const opened = async (
      path = "",
      options: Parameters<Browser["newContext"]>[0] = {},
    ): Promise<Page> => {
      const other = await browser.newContext({ locale: "en-US", colorScheme: "dark", ...options });
      const made = await other.newPage();
      made.setDefaultTimeout(LONG_MS);
      made.on("pageerror", (error) => failures.push(error.message));
      await made.goto(address(path));
      await stateOf(made, ...LIVE);
      return made;
    };
    const stateOf = (on: Page, ...states: readonly string[]) => {
      const wanted = states.map((state) => `[data-testid="connection"][data-state="${state}"]`);
      return on.locator(wanted.join()).waitFor({ timeout: LONG_MS });
    };
    const alerts = (on: Page) => on.locator("[data-alert-id]");
    const idsOn = (on: Page) =>
      alerts(on).evaluateAll((rows) => rows.map((row) => row.getAttribute("data-alert-id")));
    const details = (on: Page) => on.getByTestId("alert-details");

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "tocsin-desk-"));
      const dashboard = join(directory, "dist");
      await build({
        root: fileURLToPath(new URL("..", import.meta.url)),
        logLevel: "error",
        build: { outDir: dashboard, minify: false },
      });
      const dataDirectory = join(directory, "data");
      settings = { port: await freePort(), dataDirectory, dashboard, speed: SPEED };
      server = await startServer(settings);
      rest = restOf(settings.port);
      browser = await launchBrowser();
      page = await opened();
      context = page.context();
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await server?.kill();
      if (directory) await rm(directory, { recursive: true, force: true });
    });

    test("an alert is shown and counted as unread, and acknowledging it in one tab shows in the other", async () => {
      await rest.fire("SIM-A", "critical");
      await alerts(page).first().waitFor({ timeout: LONG_MS });
      const other = await context.newPage();
      await other.goto(address("inbox"));
      await alerts(other).first().waitFor();
      await page.getByTestId("unread-badge").waitFor();

      await page.goto(address("inbox"));
      await alerts(page).first().click();
      await details(page).getByRole("button", { name: "Acknowledge" }).click();
      await alerts(other).first().getByText("Acknowledged").waitFor();
      await expect.poll(() => other.getByTestId("unread").textContent(), POLL).toBe("0 unread");
      await other.close();
    });

    test("an alert is put off and taken back, archived and found in the archive", async () => {
      await details(page).getByRole("button", { name: "Snooze" }).click();
      await page.getByRole("menuitem", { name: "Snooze for 1 hr" }).click();
      await details(page).getByRole("button", { name: "End the snooze" }).click();
      await details(page).getByRole("button", { name: "Snooze", exact: true }).waitFor();
      const id = await details(page).getAttribute("data-alert");
      await details(page).getByRole("button", { name: "Archive" }).click();
      await page.goto(address("inbox"));
      await expect.poll(() => idsOn(page), POLL).not.toContain(id);
      await page.getByText("Archived", { exact: true }).first().click();
      await expect.poll(() => idsOn(page), POLL).toEqual([id]);
    });

    test("keys lead through the desk, and the first of them past the navigation", async () => {
      await page.goto(address());
      await page.reload();
      await stateOf(page, ...LIVE);
      await page.keyboard.press("Tab");
      const focused = () => page.evaluate(() => document.activeElement?.textContent);
      expect(await focused()).toBe("Skip to the content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
      await page.keyboard.press("g");
      await page.keyboard.press("i");
      await expect.poll(() => page.url(), POLL).toBe(address("inbox"));
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      await page.keyboard.press("Escape");
    });

    test("of two tabs one tells, and the other takes over when it closes", async () => {
      await page.goto(address("settings"));
      const role = (of: Page) => of.getByTestId("telling-role").getAttribute("data-role");
      await expect.poll(() => role(page), POLL).toBe("leader");
      const other = await context.newPage();
      await other.goto(address("settings"));
      await expect.poll(() => role(other), POLL).toBe("follower");
      await page.close();
      await expect.poll(() => role(other), POLL).toBe("leader");
      page = other;
      page.setDefaultTimeout(LONG_MS);
      page.on("pageerror", (error) => failures.push(error.message));
    });

    test("holdings are checked where they were typed, and then have a value", async () => {
      await page.goto(address("portfolio"));
      await page.getByRole("button", { name: "Add a holding" }).click();
      await page.getByLabel("Instrument").fill("SIM-C");
      await page.getByRole("button", { name: "Save" }).click();
      expect(await page.getByLabel("Quantity").getAttribute("aria-invalid")).toBe("true");
      await page.getByLabel("Quantity").fill("-10");
      await page.getByLabel("Cost").fill("100");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("rowheader", { name: "SIM-C" }).waitFor();
    });

    test("the secret of an address is shown once", async () => {
      await page.goto(address("settings"));
      const target = "http://127.0.0.1:9/alerts";
      await page.getByLabel("Address", { exact: true }).fill(target);
      await page.getByRole("button", { name: "Add address" }).click();
      const list = page.getByRole("list", { name: "Webhooks and e-mail" });
      await list.getByText(target).waitFor();
      expect(await page.getByTestId("secret").textContent()).toMatch(/\S{16,}/);
      await page.reload();
      await list.getByText(target).waitFor();
      expect(await page.getByTestId("secret").count()).toBe(0);
      await page.getByRole("button", { name: `Remove ${target}` }).click();
      await list.waitFor({ state: "detached" });
    });

    test("who else looks at a symbol is there, and gone when they leave", async () => {
      await page.goto(address());
      const viewers = page.getByTestId("viewers");
      const bob = await browser.newContext({ locale: "en-US" });
      const his = await bob.newPage();
      await his.goto(`http://127.0.0.1:${settings.port}/?user=bob#/`);
      // Which symbol comes first depends on what is loaded first; here both look at the same one.
      for (const desk of [page, his]) await desk.locator('[data-pick="SIM-A"]').click();
      await viewers.getByRole("img", { name: /^bob looks at/ }).waitFor({ timeout: LONG_MS });
      await bob.close();
      await viewers.getByRole("img").waitFor({ state: "detached", timeout: LONG_MS });
    });

    test("a killed server shows, with what it means, and nothing is missing or twice when it is back", async () => {
      await page.goto(address("inbox"));
      await page.getByText("All", { exact: true }).first().click();
      await rest.fire("SIM-B");
      await expect.poll(async () => (await idsOn(page)).length, POLL).toBeGreaterThan(0);
      const before = await idsOn(page);

      await server?.kill();
      await stateOf(page, "waiting");
      await page.getByTestId("away").waitFor();
      await page.getByTestId("connection").click();
      await page
        .getByText("The server does not answer. What you see is what was known last.")
        .waitFor();
      await page.getByText(/^Next attempt in/).waitFor();
      await page.keyboard.press("Escape");

      server = await startServer(settings);
      await stateOf(page, ...LIVE);
      await expect
        .poll(() => page.getByTestId("connection").textContent(), POLL)
        .toMatch(/nothing missed|recovered/);
      expect(await page.getByTestId("away").count()).toBe(0);
      await rest.fire("SIM-D");
      await expect.poll(() => idsOn(page), POLL).toEqual(expect.arrayContaining(before));
      await expect
        .poll(async () => (await idsOn(page)).sort(), POLL)
        .toEqual((await rest.alertIds()).sort());
    });

    test("a gap is told with its number until it is understood", async () => {
      const other = await (await browser.newContext({ locale: "en-US" })).newPage();
      let connects = 0;
      const cuts: (() => Promise<void>)[] = [];
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
      await other.goto(address("inbox"));
      await stateOf(other, ...LIVE);
      for (const cut of cuts) await cut();
      await stateOf(other, "gap");
      expect(await other.getByTestId("connection").textContent()).toContain("gap of 3");
      await other.getByTestId("connection").click();
      await other.getByRole("button", { name: "Understood" }).click();
      await stateOf(other, ...LIVE);
      await other.context().close();
    });

    test("a Chinese browser gets Chinese, down to what alerts say, and a choice is kept", async () => {
      const chinese = await opened("inbox", { locale: "zh-CN" });
      expect(await chinese.evaluate(() => document.documentElement.lang)).toBe("zh");
      await chinese.getByRole("link", { name: "收件箱" }).waitFor();
      await alerts(chinese)
        .getByText(/不低于/)
        .first()
        .waitFor();
      await chinese.goto(address("settings"));
      await chinese.getByLabel("语言", { exact: true }).selectOption("en");
      await chinese.getByRole("heading", { name: "Look and language" }).waitFor();
      await chinese.reload();
      await chinese.getByRole("heading", { name: "Look and language" }).waitFor();
      await chinese.context().close();
    });

    test("on a phone no page is wider than the screen", async () => {
      const phone = await opened("", { viewport: { width: 360, height: 740 } });
      for (const path of PAGES) {
        await phone.goto(address(path));
        await phone.locator(`main[data-page="${path || "desk"}"]`).waitFor();
        await stateOf(phone, ...LIVE);
        const width = () => phone.evaluate(() => document.documentElement.scrollWidth);
        expect([path, await width()]).toEqual([path, 360]);
      }
      await phone.context().close();
    });

    test.each(["dark", "light"] as const)(
      "axe finds nothing on any page in the %s theme",
      async (scheme) => {
        const axe = await readFile(
          createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
          "utf8",
        );
        const looked = await opened("", { colorScheme: scheme, reducedMotion: "reduce" });
        await looked.evaluate(axe);
        const found: string[] = [];
        for (const path of PAGES) {
          await looked.goto(address(path));
          await looked.locator(`main[data-page="${path || "desk"}"]`).waitFor();
          const settled = looked.locator("main .mantine-Loader-root").first();
          await settled.waitFor({ state: "detached" });
          if (path === "inbox") {
            await alerts(looked).first().click();
            await details(looked).waitFor();
          }
          const violations = await looked.evaluate(async () => {
            const { axe: checker } = window as unknown as {
              axe: { run(): Promise<{ violations: Violation[] }> };
            };
            return (await checker.run()).violations;
          });
          for (const { id, nodes } of violations) {
            found.push(
              `${path || "desk"}: ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
            );
          }
        }
        await looked.context().close();
        expect(found).toEqual([]);
      },
    );

    test("the pages ran without an error of their own", () => {
      expect(failures).toEqual([]);
    });
  },
);
