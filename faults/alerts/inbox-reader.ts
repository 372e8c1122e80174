import { createClient } from "@tocsin/client";
import type { Bell } from "../lib/bell.js";
import type { Dice } from "../lib/random.js";
import { contract } from "./bell-market.js";

/** One revision as a reader was told of it. */
export interface SeenRevision {
  readonly id: string;
  readonly seq: number;
  readonly revision: number;
}

/** A client that writes down what its inbox brings it, through all reconnects. */
export interface InboxReader extends AsyncDisposable {
  readonly user: string;
  readonly seen: readonly SeenRevision[];
  readonly live: boolean;
  /** Gaps it was told of. */
  readonly gaps: number;
  /** Answers to a subscribe, the first one included. */
  readonly joins: number;
}

export function createInboxReader({
  url,
  user,
  bell,
  dice,
}: {
  readonly url: string;
  readonly user: string;
  readonly bell: Bell;
  readonly dice: Dice;
}): InboxReader {
  const client = createClient({
    url,
    contract,
    backoff: { baseMs: 5, maxMs: 100 },
    connectTimeoutMs: 5_000,
    random: dice.roll,
  });
  const inbox = client.subscribe(contract.alerts({ userId: user }));
  const seen: SeenRevision[] = [];
  let gaps = 0;
  let joins = 0;
  inbox.on("event", ({ id, seq, revision }) => {
    seen.push({ id, seq, revision });
    bell.ring();
  });
  inbox.on("recovery", ({ outcome }) => {
    joins += 1;
    if (outcome === "gap") gaps += 1;
    bell.ring();
  });
  inbox.on("state", () => bell.ring());
  return {
    user,
    seen,
    get live() {
      return inbox.state === "live";
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
