import { progress } from "@tocsin-example/alert-contract";
import { z } from "zod";
import type { Context } from "../context.js";
import { notFound, type Operation, operation } from "./operation.js";

/** Longer pieces of work. They tell how far they are on `task:{taskId}`. */
export function taskOperations({ tasks }: Context): readonly Operation[] {
  return [
    operation({
      method: "get",
      path: "/api/tasks/{taskId}",
      tag: "tasks",
      summary: "How far one of your tasks is",
      params: z.object({ taskId: z.string().min(1).max(64) }),
      answers: { 200: progress },
      refusals: [404],
      async run({ userId, params: { taskId } }) {
        const found = tasks.progress(userId, taskId);
        if (!found) throw notFound("task");
        return { status: 200, body: found };
      },
    }),
  ];
}
