import { type Client, type ConnectionState, createClient, type Recovery } from "@tocsin/client";
import { market } from "@tocsin-example/alert-contract";
import type { Forwarder } from "./forward.js";
import { createInbox } from "./inbox.js";
import { connectionText, recoveryText } from "./lines.js";
import { EXIT, type WatchOptions } from "./options.js";
import type { Output } from "./output.js";
import { fetchToken, RefusedError, socketUrl, UnreachableError } from "./session.js";

/** Most alerts kept for the screen. */
const MAX_ALERTS = 200;

/** What the outside world is, as an argument for the tests. */
export interface Surroundings {
  /** Ends the watch, with exit code 0. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Where alerts are handed on to, if anywhere. */
  readonly forwarder: Forwarder | undefined;
  /** Messages about the watch itself. */
  readonly say: (message: string) => void;
}

/** Watches until it is told to end or has to; resolves with the exit code. */
export async function watch(options: WatchOptions, world: Surroundings): Promise<number> {
  const { url, user, wait } = options;
  const { signal, output, forwarder, say } = world;
  try {
    // Before anything else, so that a wrong address is told at once and not after a row of retries.
    if (!wait) await fetchToken(url, user);
  } catch (error) {
    return explain(error, say);
  }
  const client = createClient({
    url: socketUrl(url),
    contract: market,
    token: () => fetchToken(url, user),
    signal,
  });
  try {
    return await follow(client, options, world);
  } finally {
    output.close();
    await client.close();
    await forwarder?.close();
  }
}

function follow(
  client: Client<typeof market>,
  { user, rewind, url, all, candles }: WatchOptions,
  { signal, output, forwarder, say }: Surroundings,
): Promise<number> {
  const prices = client.subscribe(market.board({ board: "all" }));
  const service = client.subscribe(market.service());
  const bars = candles && client.subscribe(market.candles(candles));
  const alerts = client.subscribe(market.alerts({ userId: user }), { rewind });
  const inbox = createInbox(MAX_ALERTS);
  let recovery: Recovery | undefined;

  const show = () =>
    output.show({
      title: `Tocsin  ${url.host}  ${user}`,
      state: client.state,
      recovery,
      service: service.value,
      quotes: [...prices.rows.values()].sort((a, b) => a.symbol.localeCompare(b.symbol)),
      candles: bars && {
        name: `${candles.code}, ${candles.interval}`,
        bars: [...bars.rows.values()].sort((a, b) => Number(a.time) - Number(b.time)),
      },
      alerts: inbox.alerts,
    });

  prices.on("event", show);
  service.on("event", show);
  bars?.on("event", show);
  alerts.on("event", (alert, { replayed }) => {
    const news = inbox.take(alert, replayed);
    if (all || news === "alert") output.alert(alert, replayed);
    if (news === "alert" || news === "resolved") forwarder?.send(alert);
    show();
  });
  alerts.on("recovery", (next) => {
    recovery = next;
    if (next.outcome === "gap") output.gap(next);
    const text = recoveryText(next);
    if (text) say(text);
    show();
  });

  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(EXIT.ok), { once: true });
    if (signal.aborted) resolve(EXIT.ok);
    client.on("error", (error) => say(error.message));
    let said = "";
    client.on("state", (state) => {
      const text = summary(state);
      if (text !== said) say(text);
      said = text;
      show();
      if (state.status === "stopped") resolve(EXIT.refused);
    });
  });
}

/** A state as one message: the countdown of a wait is for screens, not for a log. */
function summary(state: ConnectionState): string {
  return state.status === "waiting"
    ? `connection lost (${state.error.message}); trying again`
    : connectionText(state, 0);
}

function explain(error: unknown, say: (message: string) => void): number {
  if (error instanceof UnreachableError) {
    say(error.message);
    say(
      "Is the server running? npm start -w examples/alert-server-fastify; or wait for it: --wait",
    );
    return EXIT.unreachable;
  }
  if (error instanceof RefusedError) {
    say(error.message);
    return EXIT.refused;
  }
  throw error;
}
