import { flushOutbox, type Outbox } from "../connection/outbox.js";

/**
 * Gathers everything that happens in one turn of the event loop and lets it out at the end, so that a reader
 * costs one write however many events it gets. Adds no timer: an event alone leaves in the same turn.
 */
export interface Turn {
  /** Has this outbox flushed at the end of the turn. */
  touch(outbox: Outbox): void;
  /** Runs `task` at the end of the turn, before the outboxes are flushed. */
  beforeFlush(task: () => void): void;
  /** Ends the turn now. */
  flush(): void;
}

/** `defer` runs a task after the current turn's input has been handled; the default is `setImmediate`. */
export function createTurn(defer: (task: () => void) => unknown = setImmediate): Turn {
  let touched = new Set<Outbox>();
  let tasks: (() => void)[] = [];
  let scheduled = false;

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    defer(flush);
  };
  const flush = () => {
    scheduled = false;
    const before = tasks;
    tasks = [];
    for (const task of before) task();
    const outboxes = touched;
    touched = new Set();
    for (const outbox of outboxes) flushOutbox(outbox);
  };
  return {
    touch(outbox) {
      touched.add(outbox);
      schedule();
    },
    beforeFlush(task) {
      tasks.push(task);
      schedule();
    },
    flush,
  };
}
