import { flushOutbox, lookAhead, type Outbox } from "../connection/outbox.js";

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

/** So many outboxes are looked at ahead: few enough that what is found of them is still at hand when they are written. */
const GROUP = 64;

/**
 * `defer` runs a task after the current turn's input has been handled; the default is `setImmediate`. `onFailed` is
 * told of an outbox that could not be flushed, as when its codec throws; by default that is thrown.
 */
export function createTurn(
  defer: (task: () => void) => unknown = setImmediate,
  onFailed: (outbox: Outbox, error: unknown) => void = (_, error) => {
    throw error;
  },
): Turn {
  let touched: Outbox[] = [];
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
    touched = [];
    let flushed = 0;
    try {
      for (const outbox of outboxes) {
        if (flushed % GROUP === 0) {
          for (const next of outboxes.slice(flushed, flushed + GROUP)) lookAhead(next);
        }
        flushed += 1;
        outbox.touched = false;
        try {
          flushOutbox(outbox);
        } catch (error) {
          onFailed(outbox, error);
        }
      }
    } finally {
      // a codec that throws for one reader must not keep the others waiting for ever
      if (flushed < outboxes.length) {
        touched = [...outboxes.slice(flushed), ...touched];
        schedule();
      }
    }
  };
  return {
    touch(outbox) {
      if (!outbox.touched) {
        outbox.touched = true;
        touched.push(outbox);
      }
      schedule();
    },
    beforeFlush(task) {
      tasks.push(task);
      schedule();
    },
    flush,
  };
}
