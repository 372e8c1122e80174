import type {
  ClientMessage,
  Codec,
  ServerMessage,
  ServerMessageOf,
  TocsinError,
} from "@tocsin/protocol";
import type { Clock } from "../clock.js";
import { DialError, ProtocolError, RequestError, TokenError } from "../errors.js";
import { dial, type Line, type SocketConstructor } from "./dial.js";
import { readFrame } from "./read-frame.js";
import type { Effect, Input, State, Surroundings, Timer } from "./state.js";
import { step } from "./step.js";
import type { WakeSource } from "./wake.js";

/** A token, or how to get one. */
export type TokenSource = string | (() => string | Promise<string>);

/** What a driver needs; nothing of it is looked up elsewhere. */
export interface DriverOptions
  extends Pick<Surroundings, "backoff" | "maxAttempts" | "connectTimeoutMs" | "heartbeat"> {
  readonly url: string;
  readonly codec: Codec;
  /** Looked up at each connect. */
  readonly webSocket: () => SocketConstructor | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly wakeUps: WakeSource;
  /** The connection can be used: everything wanted is sent now. */
  readonly onUp: () => void;
  readonly onDown: (error: TocsinError, final: boolean) => void;
  /** The state is a new one; its effects have yet to run. */
  readonly onTransition: () => void;
  /** The state is a new one and its effects have run. */
  readonly onState: () => void;
  /** A message that is not about the connection itself. */
  readonly onMessage: (message: ServerMessage) => void;
  readonly onGoaway: (message: ServerMessageOf<"goaway">) => void;
  readonly onError: (error: TocsinError) => void;
}

/** Runs the effects of `step`. The only owner of a socket. */
export interface Driver {
  readonly state: State;
  /** Feeds the state machine from outside. */
  tell(input: Exclude<Input, { generation: number }>): void;
  /** Writes a frame if the connection is live. */
  send(frame: string | Uint8Array): void;
  /** Encodes and writes a message if the connection is live. */
  say(message: ClientMessage): void;
  setToken(token: TokenSource | undefined): void;
}

/** Request ids of `auth` start with this, those of other requests are numbers. */
const AUTH = "auth";

export function createDriver(options: DriverOptions, firstToken: TokenSource | undefined): Driver {
  const { clock, codec, onError } = options;
  const inbox: Input[] = [];
  const timers = new Map<Timer, () => void>();
  let state: State = { status: "idle", generation: 0, attempt: 0 };
  let token = firstToken;
  let line: Line | undefined;
  let heardAt = 0;
  let auths = 0;
  let stopWakeUps: (() => void) | undefined;
  let busy = false;

  /** Inputs that arise while effects run wait for their turn: a step always sees a settled state. */
  function tell(input: Input): void {
    inbox.push(input);
    if (busy) return;
    busy = true;
    try {
      for (let next = inbox.shift(); next; next = inbox.shift()) advance(next);
    } finally {
      busy = false;
    }
  }

  function advance(input: Input): void {
    const before = state;
    const [after, ...effects] = step(before, input, {
      ...options,
      now: clock.now(),
      roll: options.random(),
      heardAt,
      token: token === undefined ? "none" : typeof token === "string" ? "fixed" : "renewable",
    });
    state = after;
    const changed = after.status !== before.status || after.generation !== before.generation;
    if (changed) {
      for (const cancel of timers.values()) cancel();
      timers.clear();
      options.onTransition();
      watchPage(after.status !== "idle" && after.status !== "stopped" && after.status !== "closed");
    }
    for (const effect of effects) run(effect, after.generation);
    if (changed) options.onState();
  }

  function watchPage(wanted: boolean): void {
    if (wanted) stopWakeUps ??= options.wakeUps(() => tell({ type: "wake" }));
    else {
      stopWakeUps?.();
      stopWakeUps = undefined;
    }
  }

  function run(effect: Effect, generation: number): void {
    switch (effect.do) {
      case "fetchToken":
        return fetchToken(generation);
      case "dial":
        return open(generation);
      case "auth":
        auths += 1;
        return say({ type: "auth", id: AUTH + auths, token: effect.token });
      case "ping":
        return say({ type: "ping" });
      case "sleep": {
        const { timer, ms } = effect;
        timers.get(timer)?.();
        timers.set(
          timer,
          clock.after(ms, () => tell({ type: "timer", timer })),
        );
        return;
      }
      case "abandon":
        line?.abandon(effect.polite);
        line = undefined;
        return;
      case "up":
        return options.onUp();
      case "down":
        return options.onDown(effect.error, effect.final);
      case "report":
        return onError(effect.error);
      default:
        return effect satisfies never;
    }
  }

  function fetchToken(generation: number): void {
    const source = token;
    const fetched = Promise.resolve().then(async () => {
      const fresh = typeof source === "function" ? await source() : source;
      if (!fresh) throw new TypeError("there is no token");
      return fresh;
    });
    fetched.then(
      (fresh) => tell({ type: "token", generation, token: fresh }),
      (cause: unknown) => {
        const error = new TokenError("the token callback failed", { cause });
        tell({ type: "token-failed", generation, error });
      },
    );
  }

  function open(generation: number): void {
    try {
      line = dial(options.url, codec.subprotocol, options.webSocket(), {
        opened() {
          heardAt = clock.now();
          tell({ type: "opened", generation });
        },
        frame: (data) => receive(data, generation),
        lost: (code, reason) => tell({ type: "lost", generation, code, reason }),
      });
    } catch (cause) {
      const error = new DialError(`cannot open a WebSocket to ${options.url}`, { cause });
      tell({ type: "broken", generation, error });
    }
  }

  function receive(data: string | Uint8Array, generation: number): void {
    if (generation !== state.generation || !line) return;
    heardAt = clock.now(); // any frame is a sign of life, a broken one too
    const frame = readFrame(codec, data);
    if (!frame.ok) return onError(new ProtocolError(frame.problem));
    try {
      if (frame.message) handle(frame.message, generation);
    } catch (cause) {
      // such as a schema of the contract that throws: one message must not take the socket's reader down
      onError(new ProtocolError(`a message of type ${frame.message?.type} failed`, { cause }));
    }
  }

  function handle(message: ServerMessage, generation: number): void {
    switch (message.type) {
      case "connected": {
        const { heartbeat, timestamp, reconnectWithinMs: withinMs } = message;
        return tell({ type: "connected", generation, heartbeat, timestamp, withinMs });
      }
      case "authenticated":
        return tell({ type: "authenticated", generation, expiresAt: message.expiresAt });
      case "goaway":
        options.onGoaway(message);
        return tell({ type: "hint", generation, ms: message.reconnectAfterMs, leave: true });
      case "pong": {
        const { reconnectWithinMs: withinMs } = message;
        if (withinMs !== undefined) tell({ type: "spread", generation, withinMs });
        return;
      }
      case "error":
        if (message.id?.startsWith(AUTH)) {
          const { retryAfterMs } = message;
          // a server that asks nobody who they are: one client configuration serves both kinds
          if (message.code === "unsupported") return tell({ type: "authenticated", generation });
          return tell({
            type: "refused",
            generation,
            error: toRequestError(message),
            retryAfterMs,
          });
        }
        if (message.id === undefined && message.retryAfterMs !== undefined) {
          tell({ type: "hint", generation, ms: message.retryAfterMs, leave: false });
        }
        return options.onMessage(message);
      default:
        return options.onMessage(message);
    }
  }

  function send(frame: string | Uint8Array): void {
    line?.send(frame);
  }

  function say(message: ClientMessage): void {
    const frame = codec.serialize(message);
    if (frame !== undefined) send(frame); // a dialect may have no word for it
  }

  return {
    get state() {
      return state;
    },
    tell,
    send: (frame) => {
      if (state.status === "live") send(frame);
    },
    say: (message) => {
      if (state.status === "live") say(message);
    },
    setToken(next) {
      token = next;
    },
  };
}

/** The error of an `error` message. */
export function toRequestError(message: ServerMessageOf<"error">): RequestError {
  return new RequestError(message.message, message.code, message.details, message.retryAfterMs);
}
