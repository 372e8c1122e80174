import { type Client, type ConnectionState, createClient, type Recovery } from "@tocsin/client";
import { market } from "@tocsin-example/alert-contract";
import type { Alert } from "./alert.js";
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
  /** Messages about the watch itself. */
  readonly say: (message: string) => void;
}

/** Watches until it is told to end or has to; resolves with the exit code. */
export async function watch(options: WatchOptions, world: Surroundings): Promise<number> {
  const { url, user, wait } = options;
  const { signal, output, say } = world;
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
  }
}

function follow(
  client: Client<typeof market>,
  { user, rewind, url }: WatchOptions,
  { signal, output, say }: Surroundings,
): Promise<number> {
  const prices = client.subscribe(market.board({ board: "all" }));
  const service = client.subscribe(market.service());
  const inbox = client.subscribe(market.alerts({ userId: user }), { rewind });
  const alerts: Alert[] = [];
  let recovery: Recovery | undefined;

  const show = () =>
    output.show({
      title: `Tocsin  ${url.host}  ${user}`,
      state: client.state,
      recovery,
      service: service.value,
      quotes: [...prices.rows.values()].sort((a, b) => a.symbol.localeCompare(b.symbol)),
      alerts,
    });

  prices.on("event", show);
  service.on("event", show);
  inbox.on("event", (alert, { replayed }) => {
    alerts.push(alert);
    if (alerts.length > MAX_ALERTS) alerts.shift();
    output.alert(alert, replayed);
    show();
  });
  inbox.on("recovery", (next) => {
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
