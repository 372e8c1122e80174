import { newMonitor } from "@tocsin/protocol/alerts";
import { preview, previewStart } from "@tocsin/server-kit/alerts";
import { previewInput, previewResult } from "@tocsin-example/alert-contract/rest";
import type { z } from "zod";
import type { Context } from "../context.js";
import { checkSymbol } from "./monitors.js";
import { type Operation, operation, Refusal } from "./operation.js";

const DAY_MS = 86_400_000;
/** How many fires are listed; all are counted. */
const LISTED = 500;

/** "Would have fired 3 times this month", by the evaluator and the decisions of the live ones. */
export function previewOperations(context: Context): readonly Operation[] {
  const { replay, service, clock } = context;
  return [
    operation({
      method: "post",
      path: "/api/preview",
      tag: "monitors",
      summary: "When rules would have fired in the last days",
      body: previewInput,
      answers: { 200: previewResult },
      refusals: [422],
      async run({ body: { days, ...input } }) {
        checkSymbol(context, input.symbol);
        if (!replay) {
          throw new Refusal(422, "live", "the past of live prices is not kept here; use a replay");
        }
        const to = service.status().marketTime ?? clock.now();
        const from = to - days * DAY_MS;
        const ticks = replay.past(input.symbol, previewStart(input, from), to);
        const { fired, suppressed, fires } = preview(
          // Rules are read already; a monitor is what they are previewed in.
          { ...newMonitor.parse({ symbol: input.symbol, rules: input.rules }), ...input },
          ticks,
          from,
        );
        const body: z.output<typeof previewResult> = {
          from,
          to,
          fired,
          suppressed,
          fires: fires.slice(-LISTED),
        };
        return { status: 200, body };
      },
    }),
  ];
}
