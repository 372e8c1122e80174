import { type Client, createClient } from "@tocsin/client";
import type { Bell } from "./bell.js";
import type { Seen } from "./checker.js";
import { contract } from "./contract.js";
import type { Dice } from "./random.js";

/** A client that writes down what one channel brings it, in the order its handlers were told. */
export interface Reader extends AsyncDisposable {
  readonly name: string;
  readonly channel: string;
  readonly seen: readonly Seen[];
  readonly client: Client<typeof contract>;
  readonly live: boolean;
  readonly newest: number;
  readonly gaps: number;
  /** Answers to a subscribe, the first one included. */
  readonly joins: number;
  /** Milliseconds from publish to handler, of entries that carry their time. */
  readonly latencies: number[];
}

export interface ReaderOptions {
  readonly name: string;
  readonly url: string;
  readonly channel: { readonly kind: "journal" | "short"; readonly name: string };
  readonly bell: Bell;
  readonly dice: Dice;
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  readonly connectTimeoutMs?: number;
}

/** Quick to come back: what is tested is what happens then, not the wait before. */
const QUICK = { baseMs: 5, maxMs: 40 };

export function createReader(options: ReaderOptions): Reader {
  const { name, bell, dice, backoff = QUICK, connectTimeoutMs = 2_000 } = options;
  const client = createClient({
    url: options.url,
    contract,
    backoff,
    connectTimeoutMs,
    random: dice.roll,
  });
  const { kind, name: channelName } = options.channel;
  const seen: Seen[] = [];
  const latencies: number[] = [];
  let newest = 0;
  let gaps = 0;
  let joins = 0;
  const subscription =
    kind === "journal"
      ? client.subscribe(contract.journal({ name: channelName }))
      : client.subscribe(contract.short({ name: channelName }));
  subscription.on("event", ({ n, at }, { offset }) => {
    seen.push({ is: "event", value: n, offset });
    newest = n;
    if (at !== undefined) latencies.push(performance.timeOrigin + performance.now() - at);
    bell.ring();
  });
  subscription.on("recovery", (recovery) => {
    joins += 1;
    if (recovery.outcome === "gap") {
      const { from, to, reason } = recovery;
      gaps += 1;
      seen.push({ is: "gap", from, to, reason });
    } else seen.push({ is: "joined", outcome: recovery.outcome });
    bell.ring();
  });
  subscription.on("state", () => bell.ring());
  return {
    name,
    channel: subscription.channel,
    seen,
    client,
    latencies,
    get live() {
      return subscription.state === "live";
    },
    get newest() {
      return newest;
    },
    get gaps() {
      return gaps;
    },
    get joins() {
      return joins;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Closes many at once. */
export function together(disposables: readonly AsyncDisposable[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(disposables.map((one) => one[Symbol.asyncDispose]()));
    },
  };
}
