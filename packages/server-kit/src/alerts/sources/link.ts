import type { Clock } from "../../clock.js";
import type { Logger } from "../../logger.js";
import { backoffMs, type FeedBackoff } from "./backoff.js";
import type { FeedSocket, FeedSocketConstructor } from "./feed-socket.js";

/** What {@link createLink} is made of. */
export interface LinkOptions {
  readonly url: string;
  readonly WebSocket: FeedSocketConstructor;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly backoff: FeedBackoff;
  /** A connection that says nothing for longer is dead, whatever the socket believes; dialling counts too. */
  readonly silenceMs: number;
  /** A connection is given up at this age, before the venue does so at a moment of its own. */
  readonly maxAgeMs: number;
  readonly logger: Logger;
  opened(): void;
  /** A frame; `undefined` when it was not text. */
  received(text: string | undefined): void;
  lost(): void;
}

/** One connection to a venue, dialled again for as long as it is wanted. */
export interface Link {
  start(): void;
  stop(): void;
  /** Sends now, or not at all. */
  send(text: string): void;
  /** Gives this connection up and dials another after the usual wait. */
  redial(why: string): void;
  /** The venue gave what was asked for: the next wait is a short one again. */
  worked(): void;
  readonly open: boolean;
  /** When the open connection was opened; 0 when there is none. */
  readonly openedAt: number;
  /** How often a connection was opened after the first. */
  readonly reconnects: number;
}

type State =
  | { readonly status: "idle" }
  | { readonly status: "dialling"; readonly socket: FeedSocket }
  | { readonly status: "open"; readonly socket: FeedSocket; readonly openedAt: number }
  | { readonly status: "waiting" };

/** More than any answer of a venue: a chain of a thousand options is less than one. */
const MAX_FRAME_BYTES = 16 * 1_048_576;

/** Keeps one connection to a venue. */
export function createLink(options: LinkOptions): Link {
  const { clock, logger, url } = options;
  let state: State = { status: "idle" };
  let attempt = 0;
  let opens = 0;
  let heardAt = 0;
  let cancelSilence: () => void = () => {};
  let cancelAge: () => void = () => {};
  let cancelWait: () => void = () => {};

  const isCurrent = (socket: FeedSocket) => "socket" in state && state.socket === socket;

  function listenForSilence(): void {
    const silent = clock.now() - heardAt;
    if (silent >= options.silenceMs) return lose("said nothing for too long");
    // A clock set back must not postpone this by as much.
    cancelSilence = clock.after(options.silenceMs - Math.max(silent, 0), listenForSilence);
  }

  function dial(): void {
    const socket = new options.WebSocket(url, [], { maxPayload: MAX_FRAME_BYTES });
    state = { status: "dialling", socket };
    heardAt = clock.now();
    listenForSilence();
    socket.addEventListener("open", () => {
      if (!isCurrent(socket)) return;
      heardAt = clock.now();
      state = { status: "open", socket, openedAt: heardAt };
      opens += 1;
      cancelAge = clock.after(options.maxAgeMs, () => lose("is as old as the venue lets it be"));
      options.opened();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!isCurrent(socket)) return;
      heardAt = clock.now();
      options.received(typeof data === "string" ? data : undefined);
    });
    socket.on?.("ping", () => {
      if (isCurrent(socket)) heardAt = clock.now();
    });
    socket.addEventListener("error", () => {}); // always followed by close
    socket.addEventListener("close", () => {
      if (isCurrent(socket)) lose("was closed");
    });
  }

  function hangUp(): void {
    cancelSilence();
    cancelAge();
    cancelWait();
    const previous = state;
    state = { status: "idle" };
    if (!("socket" in previous)) return;
    if (previous.socket.terminate) previous.socket.terminate();
    else previous.socket.close();
    if (previous.status === "open") options.lost();
  }

  function lose(why: string): void {
    const waitMs = backoffMs(attempt, options.backoff, options.random());
    attempt += 1;
    hangUp();
    state = { status: "waiting" };
    cancelWait = clock.after(waitMs, dial);
    logger.warn({ url, why, attempt, waitMs }, "connection to the venue lost; will dial again");
  }

  return {
    start() {
      if (state.status === "idle") dial();
    },
    stop() {
      hangUp();
      attempt = 0;
    },
    send(text) {
      if (state.status === "open") state.socket.send(text);
    },
    redial(why) {
      if ("socket" in state) lose(why);
    },
    worked() {
      attempt = 0;
    },
    get open() {
      return state.status === "open";
    },
    get openedAt() {
      return state.status === "open" ? state.openedAt : 0;
    },
    get reconnects() {
      return Math.max(opens - 1, 0);
    },
  };
}
