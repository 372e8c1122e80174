import { randomUUID } from "node:crypto";
import type { Clock, Hub, Logger } from "@tocsin/server-kit";
import { market, type Progress } from "@tocsin-example/alert-contract";
import type { Tasks } from "./context.js";

/** A user has as much under way as one user may have. Answer it with HTTP 429. */
export class TooManyTasksError extends Error {
  override name = "TooManyTasksError";

  constructor(readonly limit: number) {
    super(`you have ${limit} tasks under way, the most one user may have; wait for one to end`);
  }
}

/** Settings of {@link createTasks}. */
export interface TasksOptions {
  readonly hub: Pick<Hub<typeof market>, "publish">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Most tasks of one user under way. Default 3. */
  readonly most?: number;
  readonly newId?: () => string;
}

interface Task {
  readonly userId: string;
  progress: Progress;
  toldAt: number;
}

/** Progress is told at most so often, milliseconds; its end always. */
const TELL_EVERY_MS = 100;
/** How long a task that is over is known, milliseconds. */
const REMEMBERED_MS = 600_000;

/** Runs longer work in this process and tells its owner how far it is. A restart ends it. */
export function createTasks({
  hub,
  clock,
  logger,
  most = 3,
  newId = randomUUID,
}: TasksOptions): Tasks {
  const tasks = new Map<string, Task>();

  function change(task: Task, change: Partial<Progress>): void {
    task.progress = { ...task.progress, ...change };
    const { taskId, state } = task.progress;
    const now = clock.now();
    if (state === "running" && now - task.toldAt < TELL_EVERY_MS) return;
    task.toldAt = now;
    hub.publish(market.task({ taskId }), task.progress).catch((error: unknown) => {
      logger.warn({ err: error, taskId }, "progress not told; it can be asked for");
    });
  }

  async function run(
    task: Task,
    work: (report: (done: number, total: number) => void) => Promise<string>,
  ): Promise<void> {
    const { taskId } = task.progress;
    try {
      const message = await work((done, total) => change(task, { done, total }));
      const { done, total } = task.progress;
      change(task, { state: "done", done: Math.max(done, total), message });
    } catch (error) {
      if (!isExplained(error)) logger.error({ err: error, taskId }, "task failed");
      const message = isExplained(error) ? error.message : "something went wrong here; try again";
      change(task, { state: "failed", message });
    }
    clock.after(REMEMBERED_MS, () => void tasks.delete(taskId));
  }

  return {
    begin(userId, kind, work) {
      const underWay = [...tasks.values()].filter(
        (task) => task.userId === userId && task.progress.state === "running",
      );
      if (underWay.length >= most) throw new TooManyTasksError(most);
      const taskId = newId();
      const progress = { taskId, kind, done: 0, total: 0, state: "running", message: "" } as const;
      const task: Task = { userId, progress, toldAt: Number.NEGATIVE_INFINITY };
      tasks.set(taskId, task);
      // Begins in a turn of its own: its owner is to know the id first.
      clock.after(0, () => void run(task, work));
      return taskId;
    },
    progress(userId, taskId) {
      const task = tasks.get(taskId);
      return task?.userId === userId ? task.progress : undefined;
    },
  };
}

/** Errors that name the field they are about are the owner's to mend, and say how. */
function isExplained(error: unknown): error is Error {
  return error instanceof Error && "field" in error;
}
