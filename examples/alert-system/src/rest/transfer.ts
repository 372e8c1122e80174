import { type NewMonitor, newMonitor } from "@tocsin/protocol/alerts";
import { listOf, monitorView } from "@tocsin-example/alert-contract/rest";
import { z } from "zod";
import type { Context } from "../context.js";
import { monitorsOfCsv, monitorsToCsv } from "./monitor-csv.js";
import { checkSymbol } from "./monitors.js";
import { type Operation, operation, Refusal } from "./operation.js";

const tag = "monitors";
const MEGABYTE = 1_048_576;
/** More than these go on in the background, told of on `task:{taskId}`. */
const AT_ONCE = 200;

const started = z.object({ taskId: z.string() });
const many = z.object({ items: z.array(newMonitor).min(1).max(5_000) });

/** Monitors in and out by the hundred, as JSON or as a table. */
export function transferOperations(context: Context): readonly Operation[] {
  const { store, service, tasks } = context;

  async function bring(
    userId: string,
    inputs: readonly NewMonitor[],
    field: (index: number) => string,
  ) {
    for (const [index, { symbol }] of inputs.entries()) checkSymbol(context, symbol, field(index));
    if (inputs.length <= AT_ONCE) {
      const made = await service.importMonitors(userId, inputs);
      return { status: 201, body: { items: made.map((each) => ({ ...each, states: [] })) } };
    }
    const taskId = tasks.begin(userId, "import", async (report) => {
      report(0, inputs.length);
      const made = await service.importMonitors(userId, inputs);
      report(made.length, inputs.length);
      return `${made.length} monitors imported`;
    });
    return { status: 202, body: { taskId } };
  }

  return [
    operation({
      method: "get",
      path: "/api/monitors/export",
      tag,
      summary: "All your monitors, as JSON or, with format=csv, as a table",
      query: z.object({ format: z.enum(["json", "csv"]).default("json") }),
      answers: { 200: listOf(monitorView.omit({ states: true })) },
      async run({ userId, query }) {
        const items = await store.monitorsOf(userId);
        const headers = {
          "content-disposition": `attachment; filename="monitors.${query.format}"`,
        };
        return query.format === "json"
          ? { status: 200, body: { items }, headers }
          : {
              status: 200,
              text: { type: "text/csv; charset=utf-8", content: monitorsToCsv(items) },
              headers,
            };
      },
    }),
    operation({
      method: "post",
      path: "/api/monitors/import",
      tag,
      summary: "Add monitors: all of them, or none. JSON as exported, or text/csv",
      idempotent: true,
      body: z.union([many, z.string().min(1)]),
      textBody: ["text/csv"],
      maxBodyBytes: MEGABYTE,
      answers: { 201: listOf(monitorView), 202: started },
      refusals: [422, 429],
      async run({ userId, body }) {
        if (typeof body !== "string") {
          return bring(userId, body.items, (index) => `items.${index}.symbol`);
        }
        const inputs = monitorsOfCsv(body);
        if (inputs.length === 0) {
          throw new Refusal(400, "invalid-request", "there is no monitor in the table", "body");
        }
        return bring(userId, inputs, (index) => `monitor ${index + 1}, symbol`);
      },
    }),
  ];
}
