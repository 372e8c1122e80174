import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright";
import { build } from "vite";
import { findChromium } from "../../../scripts/lib/needs.mjs";
import { startChild } from "../child.js";
import type { Way } from "../client/page.js";
import { figure } from "../report.js";
import { median } from "../stats.js";
import { type Part, rotated } from "./section.js";

interface Run {
  readonly name: string;
  readonly way: Way;
  readonly perSecond: number;
}

const RUNS: readonly Run[] = [
  { name: "a bare socket and JSON.parse", way: "socket", perSecond: 0 },
  { name: "a handler", way: "handler", perSecond: 0 },
  { name: "a React table of 500 rows", way: "react", perSecond: 0 },
  { name: "the same at 2,000 events a second", way: "react", perSecond: 2_000 },
];

interface Row {
  readonly name: string;
  readonly round: number;
  readonly events: number;
  readonly perSecond: number;
  /** Time the main thread was busy, and that part of it that ran scripts; milliseconds for 1,000 events. */
  readonly busyMs: number;
  readonly scriptMs: number;
}

/** W7: what events cost the page that gets them. */
export const client: Part = {
  name: "W7",
  title: "events into a page, in Chromium",
  async run({ quick, rounds: wanted, print }) {
    const executablePath = findChromium();
    if (executablePath === undefined) {
      print("W7 is not run: Chromium is not installed");
      return { notes: ["not run: Chromium is not installed"] };
    }
    const folder = mkdtempSync(join(tmpdir(), "tocsin-bench-"));
    const root = new URL("../client/", import.meta.url).pathname;
    try {
      await build({ configFile: false, logLevel: "error", root, build: { outDir: folder } });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    const server = startChild("client/server.ts", [folder], { core: 0 });
    const browser = await chromium.launch({
      executablePath,
      args: ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    });
    const rows: Row[] = [];
    try {
      const { port = 0 } = await server.hear();
      const rounds = quick ? 1 : wanted;
      for (let round = 0; round < rounds; round++) {
        for (const run of rotated(RUNS, round)) {
          const events = run.perSecond > 0 ? 2 * run.perSecond : quick ? 10_000 : 50_000;
          rows.push({ ...(await measure(browser, port, run, events)), name: run.name, round });
        }
      }
    } finally {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    return {
      rows,
      tables: [
        {
          head: ["events into", "events/s", "main thread, ms/1,000", "of that scripts"],
          rows: RUNS.map(({ name }) => {
            const of = (pick: (row: Row) => number) =>
              figure(median(rows.filter((row) => row.name === name).map(pick)));
            return [
              name,
              of((row) => row.perSecond),
              of((row) => row.busyMs),
              of((row) => row.scriptMs),
            ];
          }),
        },
      ],
      notes: [
        "The page, its browser and the server share the machine; the server waits for the page.",
      ],
    };

    /** A page of its own for each run, warmed up by a tenth of the events. */
    async function measure(where: Browser, port: number, { way, perSecond }: Run, events: number) {
      const page = await where.newPage();
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Performance.enable");
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.evaluate((chosen) => window.bench.start(chosen), way);
      const channel = way === "react" ? "board" : "feed";
      let total = 0;
      const feed = async (count: number) => {
        total += count;
        const before = await busy();
        const began = performance.now();
        server.tell({ channel, events: count, perSecond, before: total - count });
        const [seen] = await Promise.all([
          page.evaluate((all) => window.bench.finished(all), total),
          server.hear(),
        ]);
        const seconds = (performance.now() - began) / 1_000;
        if (seen !== total) throw new Error(`W7: ${seen} of ${total} events came`);
        const after = await busy();
        return {
          events: count,
          perSecond: count / seconds,
          busyMs: ((after.task - before.task) * 1e6) / count,
          scriptMs: ((after.script - before.script) * 1e6) / count,
        };
      };
      const busy = async () => {
        const { metrics } = await devtools.send("Performance.getMetrics");
        const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
        return { task: of("TaskDuration"), script: of("ScriptDuration") };
      };
      await feed(events / 10);
      const found = await feed(events);
      await page.close();
      return found;
    }
  },
};
