import type {
  Monitor,
  MonitorChange,
  NewMonitorInput,
  NewStrategy,
  StrategyChange,
} from "@tocsin/protocol/alerts";
import {
  type MonitorView,
  monitorView,
  type PreviewResult,
  type previewInput,
  previewResult,
  type StrategyView,
  strategyView,
} from "@tocsin-example/alert-contract/rest";
import type { z } from "zod";
import { type Ask, path, query } from "./ask.js";
import { exportedMonitors, type Imported, imported, monitorPage, strategyList } from "./schemas.js";

/** A file to import: JSON as exported, or a table. */
export interface MonitorFile {
  readonly format: "json" | "csv";
  readonly content: string;
}

/** What is asked of a preview. */
export type PreviewAsked = z.input<typeof previewInput>;

/** Monitors and strategies of the signed-in user. */
export interface MonitorApi {
  /** All of them, oldest first, however many pages they take. */
  monitors(signal?: AbortSignal): Promise<MonitorView[]>;
  createMonitor(input: NewMonitorInput): Promise<MonitorView>;
  changeMonitor(id: string, change: MonitorChange): Promise<MonitorView>;
  deleteMonitor(id: string): Promise<void>;
  /** Keeps a monitor quiet for some market time, or one of its rules; 0 ends the snooze. */
  snoozeMonitor(id: string, ruleId: string | undefined, forMs: number): Promise<MonitorView>;
  preview(asked: PreviewAsked, signal?: AbortSignal): Promise<PreviewResult>;
  exportMonitors(format: MonitorFile["format"]): Promise<string>;
  /** Every monitor of the file, or none. */
  importMonitors(file: MonitorFile): Promise<Imported>;
  strategies(signal?: AbortSignal): Promise<StrategyView[]>;
  createStrategy(input: NewStrategy): Promise<StrategyView>;
  changeStrategy(id: string, change: StrategyChange): Promise<StrategyView>;
  deleteStrategy(id: string): Promise<void>;
}

const PAGE = 500;

export function createMonitorApi(ask: Ask): MonitorApi {
  const monitorPath = (...rest: readonly string[]) => path("api", "monitors", ...rest);
  return {
    async monitors(signal) {
      const all: MonitorView[] = [];
      let cursor: string | null = null;
      do {
        const asked: string = `/api/monitors${query({ limit: PAGE, cursor })}`;
        const page: z.infer<typeof monitorPage> = await ask.json(asked, monitorPage, { signal });
        all.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return all;
    },
    createMonitor: (body) =>
      ask.json("/api/monitors", monitorView, {
        method: "POST",
        body,
        idempotencyKey: crypto.randomUUID(),
      }),
    changeMonitor: (id, body) => ask.json(monitorPath(id), monitorView, { method: "PATCH", body }),
    deleteMonitor: (id) => ask.nothing(monitorPath(id), { method: "DELETE" }),
    snoozeMonitor(id, ruleId, forMs) {
      const whole = monitorPath(id, "snooze");
      const asked = ruleId === undefined ? whole : monitorPath(id, "rules", ruleId, "snooze");
      return ask.json(asked, monitorView, { method: "POST", body: { forMs } });
    },
    preview: (body, signal) =>
      ask.json("/api/preview", previewResult, { method: "POST", body, signal }),
    exportMonitors: (format) => ask.text(`/api/monitors/export${query({ format })}`),
    importMonitors({ format, content }) {
      const request =
        format === "csv"
          ? { text: { type: "text/csv", content } }
          : { text: { type: "application/json", content: normalised(content) } };
      return ask.json("/api/monitors/import", imported, {
        method: "POST",
        ...request,
        idempotencyKey: crypto.randomUUID(),
      });
    },
    strategies: async (signal) =>
      (await ask.json("/api/strategies", strategyList, { signal })).items,
    createStrategy: (body) =>
      ask.json("/api/strategies", strategyView, {
        method: "POST",
        body,
        idempotencyKey: crypto.randomUUID(),
      }),
    changeStrategy: (id, body) =>
      ask.json(path("api", "strategies", id), strategyView, { method: "PATCH", body }),
    deleteStrategy: (id) => ask.nothing(path("api", "strategies", id), { method: "DELETE" }),
  };
}

/** What was exported holds strategies by their ids, which mean nothing to another user. */
function normalised(content: string): string {
  const parsed = exportedMonitors.safeParse(parse(content));
  if (!parsed.success) return content;
  const items = parsed.data.items.map(({ strategyId: _, ...rest }: Monitor) => rest);
  return JSON.stringify({ items });
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined; // the server says what is wrong with it
  }
}
