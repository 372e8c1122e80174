import type { Recovery } from "@tocsin/client";
import type { Alert } from "./alert.js";
import { frameLines, type Size, type View } from "./frame.js";
import { alertLine } from "./lines.js";
import type { Paint } from "./paint.js";
import type { Screen } from "./screen.js";

type Gap = Extract<Recovery, { outcome: "gap" }>;

/** Where a watch puts what it sees. */
export interface Output {
  /** The whole picture, whenever something in it changed. */
  show(view: View): void;
  /** Each alert, once; or each of its revisions. */
  alert(alert: Alert, replayed: boolean): void;
  gap(gap: Gap): void;
  close(): void;
}

/** A screen is drawn at most so often, however fast the market is. */
const FRAME_MS = 100;
/** And at least so often, for countdowns. */
const IDLE_MS = 1_000;

/** A picture drawn in place. */
export function screenOutput(screen: Screen, paint: Paint, size: () => Size): Output {
  let view: View | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const draw = () => {
    timer = setTimeout(draw, IDLE_MS);
    if (view) screen.draw(frameLines(view, paint, Date.now(), size()));
    changed = false;
    drawnAt = Date.now();
  };
  let changed = false;
  let drawnAt = 0;
  return {
    show(next) {
      view = next;
      if (changed) return;
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(draw, Math.max(0, drawnAt + FRAME_MS - Date.now()));
    },
    alert() {},
    gap() {},
    close() {
      clearTimeout(timer);
      screen.close();
    },
  };
}

/** A line an alert, for pipes and logs that people read. */
export function lineOutput(write: (line: string) => void, paint: Paint): Output {
  return {
    show() {},
    alert: (alert) => write(alertLine(alert, paint)),
    gap: ({ from, to }) => write(`-- events ${from} to ${to} are lost --`),
    close() {},
  };
}

/** A JSON object a line, for programs. */
export function jsonOutput(write: (line: string) => void): Output {
  return {
    show() {},
    alert: (alert, replayed) => write(JSON.stringify({ type: "alert", replayed, alert })),
    gap: ({ from, to, reason }) => write(JSON.stringify({ type: "gap", from, to, reason })),
    close() {},
  };
}
