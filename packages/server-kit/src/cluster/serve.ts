import { TocsinError } from "@tocsin/protocol";
import type { Logger } from "../logger.js";
import type { DedupStore } from "../store/dedup-store.js";
import type { ChannelEvent } from "../store/event.js";
import type { HistoryStore, Keep, NewEntry } from "../store/history-store.js";
import type { PresenceStore } from "../store/presence-store.js";
import type { Link } from "./link.js";
import {
  type CallMessage,
  type Calls,
  type Handlers,
  isOurs,
  type PrimaryMessage,
} from "./messages.js";

/** What the primary keeps for its workers. */
export interface PrimaryStores {
  readonly history: HistoryStore;
  readonly dedup: DedupStore;
  readonly presence: PresenceStore;
}

/** Serves workers. */
export interface Server {
  /** Takes a worker in, until its line ends. */
  serve(link: Link): void;
  /** Workers there are. */
  readonly workers: number;
}

/** A worker that has so many messages on its way to it does not take them; it is not sent more. */
const MOST_ON_THE_WAY = 10_000;

interface Served {
  readonly link: Link;
  readonly wanted: Set<string>;
  onTheWay: number;
  /** Events were left out since it last kept up. */
  lost: boolean;
}

/** Keeps the stores of all workers, and hands each event that is stored to every worker that wants its channel. */
export function createServer(stores: PrimaryStores, logger: Logger): Server {
  const { history, dedup, presence } = stores;
  const readers = new Map<string, Set<Served>>();
  const served = new Set<Served>();

  function say(worker: Served, message: PrimaryMessage): void {
    worker.onTheWay += 1;
    worker.link.send(message, (error) => {
      worker.onTheWay -= 1;
      if (error) logger.debug({ err: error }, "a worker could not be told");
      if (worker.lost && worker.onTheWay === 0) {
        worker.lost = false;
        say(worker, { tocsin: "lost" });
      }
    });
  }

  function announce(event: ChannelEvent): void {
    for (const worker of readers.get(event.channel) ?? []) {
      if (worker.onTheWay < MOST_ON_THE_WAY) say(worker, { tocsin: "event", event });
      else if (!worker.lost) {
        worker.lost = true; // it will look for itself what it missed
        logger.warn({ channel: event.channel }, "a worker does not take its events");
      }
    }
  }

  function announceStored(
    channel: string,
    entry: NewEntry,
    { mode }: Keep,
    { epoch, offset }: { readonly epoch: string; readonly offset: number },
  ): void {
    announce({ ...entry, epoch, offset, channel, mode });
  }

  function forget(worker: Served, channel: string): void {
    const others = readers.get(channel);
    others?.delete(worker);
    if (others?.size === 0) readers.delete(channel);
  }

  const callsOf = (worker: Served): Handlers => ({
    hello: async () => ({
      durability: history.durability,
      hasAppendOnce: history.appendOnce !== undefined,
      presenceTtlMs: presence.ttlMs,
    }),
    async append(channel, entry, keep) {
      const position = await history.append(channel, entry, keep);
      announceStored(channel, entry, keep, position);
      return position;
    },
    async appendOnce(channel, entry, keep, once) {
      if (!history.appendOnce) throw new TypeError("the history has no appendOnce");
      const appended = await history.appendOnce(channel, entry, keep, once);
      if (!appended.duplicate) announceStored(channel, entry, keep, appended);
      return appended;
    },
    read: history.read,
    claim: dedup.claim,
    settle: dedup.settle,
    release: dedup.release,
    join: presence.join,
    leave: presence.leave,
    members: presence.members,
    publish: async (event) => announce(event),
    async want(channel) {
      worker.wanted.add(channel);
      const others = readers.get(channel);
      if (others) others.add(worker);
      else readers.set(channel, new Set([worker]));
    },
    async unwant(channel) {
      worker.wanted.delete(channel);
      forget(worker, channel);
    },
  });

  return {
    get workers() {
      return served.size;
    },
    serve(link) {
      const worker: Served = { link, wanted: new Set(), onTheWay: 0, lost: false };
      const calls = callsOf(worker);
      served.add(worker);
      link.onMessage((message) => {
        if (!isCall(message, calls)) return;
        const { id } = message;
        carryOut(calls, message).then(
          (value) => say(worker, { tocsin: "result", id, value }),
          (error) => {
            logger.warn({ err: error, method: message.method }, "a worker's call failed");
            const retryable = error instanceof TocsinError && error.retryable;
            const text = error instanceof Error ? error.message : String(error);
            say(worker, { tocsin: "failure", id, message: text, retryable });
          },
        );
      });
      link.onEnd(() => {
        served.delete(worker);
        for (const channel of worker.wanted) forget(worker, channel);
        worker.wanted.clear();
      });
    },
  };
}

function isCall(message: unknown, calls: Handlers): message is CallMessage {
  return (
    isOurs(message) &&
    message.tocsin === "call" &&
    "method" in message &&
    typeof message.method === "string" &&
    Object.hasOwn(calls, message.method)
  );
}

async function carryOut<M extends keyof Calls>(
  calls: Handlers,
  { method, args }: CallMessage<M>,
): Promise<unknown> {
  return calls[method](...args);
}
