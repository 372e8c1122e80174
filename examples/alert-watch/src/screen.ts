import type { WriteStream } from "node:tty";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** A terminal drawn over in place. What stood there before comes back when it is closed. */
export interface Screen {
  /** Whether something stands on it. */
  readonly drawn: boolean;
  draw(lines: readonly string[]): void;
  close(): void;
}

/** Takes the terminal over with the first drawing and not before: an early failure is told in plain text. */
export function createScreen(out: Pick<WriteStream, "write">): Screen {
  let state: "new" | "drawn" | "closed" = "new";
  return {
    get drawn() {
      return state === "drawn";
    },
    draw(lines) {
      if (state === "closed") return;
      if (state === "new") out.write(ENTER);
      state = "drawn";
      out.write(`${HOME}${lines.join(`${CLEAR_LINE}\r\n`)}${CLEAR_LINE}${CLEAR_BELOW}`);
    },
    close() {
      if (state === "drawn") out.write(LEAVE);
      state = "closed";
    },
  };
}
