import type { Socket } from "node:net";

/** `up`: from client to server. `down`: from server to client. */
export type Direction = "up" | "down";

/**
 * How a line ends. `reset`: RST to both sides. `half-close-*`: a FIN to one side, the other direction stays open.
 * `vanish-*`: that side is gone, and the other never hears of it.
 */
export type Cut = "reset" | "half-close-up" | "half-close-down" | "vanish-client" | "vanish-server";

/** `pass` as it comes; `stall`: nothing is read; `mute`: everything is read and thrown away; `drip`: byte by byte. */
export type Mode =
  | { readonly is: "pass" | "stall" | "mute" }
  | { readonly is: "drip"; readonly everyMs: number };

/** Cuts once so many bytes have gone in one direction: the byte that is one too many never arrives. */
export interface Trap {
  readonly direction: Direction;
  readonly atByte: number;
  readonly cut: Cut;
}

/** Sees whole chunks of one direction and says what goes on instead. */
export type Filter = (chunk: Buffer) => Buffer;

/** One connection through the proxy. */
export interface Link {
  readonly open: boolean;
  /** Bytes let through so far. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** What went down last, to tell at which step of the protocol a cut fell. */
  readonly tail: string;
  cut(how: Cut): void;
  setMode(direction: Direction, mode: Mode): void;
  setTrap(trap: Trap): void;
}

export interface LinkOptions {
  readonly filter: Filter | undefined;
  readonly onCut: (link: Link) => void;
  readonly onClosed: (link: Link) => void;
}

const TAIL_BYTES = 4_096;

/** Ties two sockets together. Both must allow half-open connections. */
export function createLink(client: Socket, server: Socket, options: LinkOptions): Link {
  const passed = { up: 0, down: 0 };
  const modes: Record<Direction, Mode> = { up: { is: "pass" }, down: { is: "pass" } };
  const ends = { up: { from: client, to: server }, down: { from: server, to: client } };
  const backlog: Record<Direction, Buffer[]> = { up: [], down: [] };
  const dripping = { up: false, down: false };
  /** Past its trap: what comes is thrown away, its end is passed on. */
  const spent = { up: false, down: false };
  let trap: Trap | undefined;
  let tail = Buffer.alloc(0);
  let open = true;

  function write(direction: Direction, chunk: Buffer, done?: () => void): void {
    const { from, to } = ends[direction];
    passed[direction] += chunk.length;
    if (direction === "down") tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
    if (to.destroyed || !to.writable) return;
    if (!to.write(chunk, done) && modes[direction].is === "pass") from.pause();
  }

  function forward(direction: Direction, chunk: Buffer): void {
    const room = trap?.direction === direction ? trap.atByte - passed[direction] : undefined;
    if (trap === undefined || room === undefined || chunk.length < room) {
      write(direction, chunk);
      return;
    }
    const { cut } = trap;
    trap = undefined;
    spent[direction] = true;
    // What came before the cut reaches the kernel first, or a reset would take more than one byte too many.
    write(direction, chunk.subarray(0, Math.max(0, room)), () => link.cut(cut));
  }

  function drip(direction: Direction): void {
    const mode = modes[direction];
    const [chunk] = backlog[direction];
    if (mode.is !== "drip" || chunk === undefined) {
      dripping[direction] = false;
      if (mode.is === "drip") ends[direction].from.resume();
      return;
    }
    forward(direction, chunk.subarray(0, 1));
    if (chunk.length > 1) backlog[direction][0] = chunk.subarray(1);
    else backlog[direction].shift();
    if (mode.everyMs === 0) setImmediate(drip, direction);
    else setTimeout(drip, mode.everyMs, direction);
  }

  function take(direction: Direction, chunk: Buffer): void {
    const mode = modes[direction];
    if (mode.is === "mute" || spent[direction]) return;
    const wanted = direction === "down" && options.filter ? options.filter(chunk) : chunk;
    if (wanted.length === 0) return;
    if (mode.is !== "drip") return forward(direction, wanted);
    backlog[direction].push(wanted);
    ends[direction].from.pause();
    if (dripping[direction]) return;
    dripping[direction] = true;
    drip(direction);
  }

  function over(): void {
    if (!open || !client.destroyed || !server.destroyed) return;
    open = false;
    options.onClosed(link);
  }

  for (const direction of ["up", "down"] as const) {
    const { from, to } = ends[direction];
    from.setNoDelay(true);
    from.on("data", (chunk: Buffer) => take(direction, chunk));
    to.on("drain", () => {
      if (modes[direction].is === "pass") from.resume();
    });
    from.on("end", () => {
      if (modes[direction].is !== "mute") to.end();
    });
    from.on("error", () => {}); // a close follows
    from.on("close", () => {
      const silent = modes[direction].is === "mute";
      if (!silent && !to.destroyed) to.resetAndDestroy();
      over();
    });
  }

  const link: Link = {
    get open() {
      return open && !client.destroyed && !server.destroyed;
    },
    passed,
    get tail() {
      return tail.toString("latin1");
    },
    cut(how) {
      if (!link.open) return;
      options.onCut(link);
      if (how === "reset") {
        client.resetAndDestroy();
        server.resetAndDestroy();
      } else if (how === "half-close-down") client.end();
      else if (how === "half-close-up") server.end();
      else {
        link.setMode("up", { is: "mute" });
        link.setMode("down", { is: "mute" });
        (how === "vanish-client" ? client : server).destroy();
      }
    },
    setMode(direction, mode) {
      modes[direction] = mode;
      const { from } = ends[direction];
      if (mode.is === "stall") {
        from.pause();
        return;
      }
      if (mode.is === "drip") return;
      const waiting = backlog[direction].splice(0);
      if (mode.is === "pass") for (const chunk of waiting) forward(direction, chunk);
      from.resume();
    },
    setTrap(next) {
      trap = next;
    },
  };
  return link;
}
