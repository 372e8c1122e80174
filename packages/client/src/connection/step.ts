import type { TocsinError } from "@tocsin/protocol";
import {
  ClientClosedError,
  ConnectionClosedError,
  ConnectTimeoutError,
  HeartbeatTimeoutError,
} from "../errors.js";
import { backoffMs } from "./backoff.js";
import { closePolicy, SERVICE_RESTART } from "./close-policy.js";
import { beat } from "./heartbeat.js";
import type {
  Awaited,
  Connecting,
  Effect,
  Input,
  Live,
  State,
  Step,
  Surroundings,
  Timer,
} from "./state.js";
import { refreshInMs } from "./token-refresh.js";

/** A connection that held this long was a good one: the next failure counts as the first, in milliseconds. */
export const STABLE_MS = 60_000;

/** Longest wait for a sign of life after a wake-up, in milliseconds: somebody is looking at the page. */
export const PROBE_MS = 3_000;

/** The whole behaviour of a connection. Pure: what it decides, the driver does. */
export function step(state: State, input: Input, at: Surroundings): Step {
  if (state.status === "closed") return [state];
  // E17, E21: news of a socket, a token or a handshake that was given up says nothing about this one
  if ("generation" in input && input.generation !== state.generation) return [state];
  switch (input.type) {
    case "need":
      return state.status === "idle" ? begin(state, at) : [state];
    case "connect":
      return state.status === "stopped" ? begin(state, at, 0) : woken(state, at);
    case "wake":
      return state.status === "idle" ? [state] : woken(state, at);
    case "renew":
      return renew(state, at);
    case "close":
      return [
        { status: "closed", generation: state.generation, attempt: 0 },
        { do: "abandon", polite: true },
        { do: "down", error: new ClientClosedError(), final: true },
      ];
    case "timer":
      return expired(state, input.timer, at);
    case "broken":
      return stop(state, input.error);
    case "lost":
      return lost(state, input.code, input.reason, at);
    case "token-failed":
      if (state.status === "live") return refreshLater(state, input.error, undefined, at);
      return state.status === "connecting" ? fail(state, input.error, at) : [state];
    case "refused":
      return refused(state, input, at);
    case "token":
      if (state.status === "live") return [state, { do: "auth", token: input.token }];
      return arrived(state, "token", { token: input.token }, at);
    case "opened":
      return arrived(state, "open", {}, at);
    case "connected": {
      const heartbeat = at.heartbeat ?? input.heartbeat;
      return arrived(
        state,
        "connected",
        {
          hello: { heartbeat, skewMs: input.timestamp - at.now },
          withinMs: input.withinMs,
        },
        at,
      );
    }
    case "authenticated":
      if (state.status === "live") {
        return [{ ...state, refreshTries: 0 }, ...refreshTimer(state, input.expiresAt, at)];
      }
      return arrived(state, "authenticated", { expiresAt: input.expiresAt }, at);
    case "spread":
      return [{ ...state, withinMs: input.withinMs }];
    case "hint": {
      const next = { ...state, comeBackAt: at.now + input.ms };
      return input.leave && state.status === "live" ? [next, sleep("retry", input.ms)] : [next];
    }
    default:
      return input satisfies never;
  }
}

const sleep = (timer: Timer, ms: number): Effect => ({ do: "sleep", timer, ms });

function begin(from: State, at: Surroundings, attempt = from.attempt): Step {
  const handshake: Awaited[] = ["open", "connected"];
  const bare = at.token === "none";
  const next: Connecting = {
    status: "connecting",
    generation: from.generation + 1,
    attempt,
    withinMs: from.withinMs,
    awaits: bare ? handshake : ["token", ...handshake, "authenticated"],
  };
  // the token comes first: a server gives a fresh socket only seconds to authenticate
  return [
    next,
    sleep("deadline", at.connectTimeoutMs),
    bare ? { do: "dial" } : { do: "fetchToken" },
  ];
}

/** One thing an attempt waited for is there. */
function arrived(state: State, what: Awaited, news: Partial<Connecting>, at: Surroundings): Step {
  if (state.status !== "connecting" || !state.awaits.includes(what)) return [state];
  const next = { ...state, ...news, awaits: state.awaits.filter((other) => other !== what) };
  if (what === "token") return [next, { do: "dial" }];
  if (what === "open" && next.token !== undefined) return [next, { do: "auth", token: next.token }];
  if (next.awaits.length > 0 || next.hello === undefined) return [next];
  const live: Live = {
    status: "live",
    generation: next.generation,
    attempt: next.attempt,
    withinMs: next.withinMs,
    since: at.now,
    hello: next.hello,
    refreshTries: 0,
  };
  return [
    live,
    sleep("beat", live.hello.heartbeat.intervalMs),
    ...refreshTimer(live, next.expiresAt, at),
    { do: "up" },
  ];
}

function refreshTimer(live: Live, expiresAt: number | undefined, at: Surroundings): Effect[] {
  if (expiresAt === undefined || at.token !== "renewable") return [];
  return [sleep("refresh", refreshInMs(expiresAt - at.now - live.hello.skewMs))];
}

function refreshLater(
  live: Live,
  error: TocsinError,
  retryAfterMs: number | undefined,
  at: Surroundings,
): Step {
  const ms = retryAfterMs ?? backoffMs(live.refreshTries, at.backoff, at.roll);
  const next = { ...live, refreshTries: live.refreshTries + 1 };
  return [next, sleep("refresh", ms), { do: "report", error }];
}

function renew(state: State, at: Surroundings): Step {
  switch (state.status) {
    case "idle":
    case "closed":
      return [state];
    case "live": // without a token there is none to renew, and asking for one would fail for ever
      return at.token === "none" ? [state] : [state, { do: "fetchToken" }];
    case "stopped": // C9: a new token revives a client that was turned away for its old one
      return begin(state, at, 0);
    case "connecting": {
      const [next, ...effects] = begin(state, at);
      return [next, { do: "abandon", polite: false }, ...effects];
    }
    case "waiting":
      return woken(state, at);
    default:
      return state satisfies never;
  }
}

function woken(state: State, at: Surroundings): Step {
  if (state.status === "idle") return begin(state, at);
  if (state.status === "waiting" && state.by === "backoff") return begin(state, at);
  if (state.status !== "live") return [state];
  const ms = Math.min(PROBE_MS, state.hello.heartbeat.timeoutMs);
  return [{ ...state, probedAt: at.now }, { do: "ping" }, sleep("beat", ms)];
}

function expired(state: State, timer: Timer, at: Surroundings): Step {
  if (timer === "deadline" && state.status === "connecting") {
    const [missing = ""] = state.awaits;
    const error = new ConnectTimeoutError(
      `no connection within ${at.connectTimeoutMs} ms, still waiting for: ${missing}`,
    );
    return fail(state, error, at);
  }
  if (timer === "retry" && state.status === "waiting") return begin(state, at);
  if (state.status !== "live") return [state];
  switch (timer) {
    case "refresh":
      return [state, { do: "fetchToken" }];
    case "retry": {
      // the server is going away and it is our turn to move
      const [next, ...effects] = begin(state, at, 0);
      const error = new ConnectionClosedError(SERVICE_RESTART, "goaway", true);
      return [
        next,
        { do: "abandon", polite: true },
        { do: "down", error, final: false },
        ...effects,
      ];
    }
    case "beat": {
      const { heartbeat } = state.hello;
      const verdict = beat(at.now, at.heardAt, state.probedAt, heartbeat);
      if (verdict.next === "dead") {
        const error = new HeartbeatTimeoutError(
          `nothing heard from the server for ${at.now - at.heardAt} ms`,
        );
        return fail(state, error, at);
      }
      const ping = verdict.next === "ping";
      const next = { ...state, probedAt: ping ? at.now : undefined };
      const look = sleep("beat", verdict.ms);
      return ping ? [next, { do: "ping" }, look] : [next, look];
    }
    default:
      return [state];
  }
}

function refused(state: State, input: Extract<Input, { type: "refused" }>, at: Surroundings): Step {
  const { error, retryAfterMs } = input;
  if (state.status === "live") {
    // a token that does not verify ends with the server's close; only a server that cannot tell now is asked again
    return error.retryable
      ? refreshLater(state, error, retryAfterMs, at)
      : [state, { do: "report", error }];
  }
  if (state.status !== "connecting") return [state];
  return error.retryable ? fail(state, error, at, { hintMs: retryAfterMs }) : stop(state, error);
}

function lost(state: State, code: number, reason: string, at: Surroundings): Step {
  if (state.status !== "connecting" && state.status !== "live") return [state];
  const policy = closePolicy(code);
  const hopeless = policy === "stop" || (policy === "reauth" && at.token !== "renewable");
  const error = new ConnectionClosedError(code, reason, !hopeless);
  if (hopeless) return stop(state, error);
  // at once only the first time: a callback that returns expired tokens must not make a loop
  const atOnce = policy === "reauth" && state.status === "live" && state.attempt === 0;
  return fail(state, error, at, {
    ...(atOnce && { hintMs: 0 }),
    fresh: code === SERVICE_RESTART, // nobody's fault
  });
}

function fail(
  from: Connecting | Live,
  error: TocsinError,
  at: Surroundings,
  { hintMs, fresh = false }: { hintMs?: number | undefined; fresh?: boolean } = {},
): Step {
  const stable = from.status === "live" && at.now - from.since >= STABLE_MS;
  const failures = fresh || stable ? 0 : from.attempt;
  // losing a connection is no failed attempt to make one
  if (from.status === "connecting" && failures + 1 >= at.maxAttempts) return stop(from, error);
  const advised = hintMs ?? Math.max(0, (from.comeBackAt ?? 0) - at.now);
  const byServer = hintMs !== undefined || advised > 0;
  const ms = byServer ? advised : backoffMs(failures, at.backoff, at.roll, from.withinMs);
  return [
    {
      status: "waiting",
      generation: from.generation,
      attempt: failures + 1,
      withinMs: from.withinMs,
      retryAt: at.now + ms,
      by: byServer ? "server" : "backoff",
      error,
    },
    { do: "abandon", polite: false },
    { do: "down", error, final: false },
    sleep("retry", ms),
  ];
}

function stop(from: State, error: TocsinError): Step {
  return [
    { status: "stopped", generation: from.generation, attempt: from.attempt, error },
    { do: "abandon", polite: false },
    { do: "down", error, final: true },
  ];
}
