import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StreamConfig,
} from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Logger, silentLogger } from "../logger.js";
import type { Durability } from "../store/history-store.js";
import { explained, NatsSettingsError } from "./errors.js";
import { createLink, type NatsLink } from "./link.js";
import { type NatsNames, natsNames } from "./names.js";

/**
 * What JetStream is set up to write before it answers: nothing (`"memory"`), a file that reaches the disk now and then
 * (`"interval"`), or with `sync_interval: always` (`"always"`).
 */
export type NatsPersistence = "memory" | "interval" | "always";

/** What to open, and how. */
export interface OpenNatsOptions {
  /** From `connect` of `@nats-io/transport-node`. The caller closes it. Set `maxReconnectAttempts: -1` there. */
  readonly connection: NatsConnection;
  /**
   * How the server is set up. It cannot be asked and is only passed on as `durability`, except that `"memory"` makes
   * streams in memory. Default `"interval"`.
   */
  readonly persistence?: NatsPersistence;
  /** How many servers of a cluster keep each stream. Default 1. */
  readonly replicas?: number;
  /** Most bytes of the stream of events; when it is full, appends are refused. Default: as the account allows. */
  readonly maxBytes?: number;
  /** Longest time a claim of the dedup store may last, in milliseconds. Default 24 hours. */
  readonly maxClaimMs?: number;
  /** How long a member of a channel is listed without renewal, in milliseconds. Default 60,000. */
  readonly presenceTtlMs?: number;
  /** After so many milliseconds without an answer a request is given up. Default 5,000. */
  readonly timeoutMs?: number;
  /** What every subject and stream begins with. Default `"tocsin"`. */
  readonly prefix?: string;
  /** Told when the connection is lost and found. Default: silent. */
  readonly logger?: Logger;
}

/** A NATS that the stores can use. */
export interface Nats extends AsyncDisposable {
  readonly connection: NatsConnection;
  readonly names: NatsNames;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly members: KV;
  readonly link: NatsLink;
  readonly durability: Durability;
  readonly timeoutMs: number;
  readonly maxClaimMs: number;
  readonly presenceTtlMs: number;
  /** The epoch of every channel without a message: the moment the stream was made. */
  readonly unwritten: string;
  /** Resolves while NATS answers: for a check of readiness. */
  ping(): Promise<void>;
}

const DURABILITY: { readonly [P in NatsPersistence]: Durability } = {
  memory: "none",
  interval: "process-crash",
  always: "power-loss",
};

const MS = 1_000_000; // JetStream counts nanoseconds

/**
 * Makes the streams `<prefix>_history` and `<prefix>_claims` and the bucket `<prefix>_members`, if they are not there,
 * and follows the connection. Dispose of it after the stores; the connection stays the caller's.
 *
 * @throws {@link NatsSettingsError} when a stream of that name is there and something else.
 */
export async function openNats({
  connection,
  persistence = "interval",
  replicas = 1,
  maxBytes = -1,
  maxClaimMs = 24 * 3_600_000,
  presenceTtlMs = 60_000,
  timeoutMs = 5_000,
  prefix,
  logger = silentLogger,
}: OpenNatsOptions): Promise<Nats> {
  const names = natsNames(prefix);
  const link = createLink(connection, timeoutMs, { logger });
  const storage = persistence === "memory" ? "memory" : "file";
  const common = { storage, num_replicas: replicas } as const;
  try {
    const js = jetstream(connection, { timeout: timeoutMs });
    const jsm = await jetstreamManager(connection, { timeout: timeoutMs });
    const unwritten = await ensureStream(jsm, {
      ...common,
      name: names.history,
      subjects: [names.all("history")],
      // Nothing leaves by itself: what a channel keeps is up to its mode, and a full stream says so.
      discard: "new",
      max_bytes: maxBytes,
      allow_rollup_hdrs: true,
      republish: { src: names.all("history"), dest: names.republished },
    });
    await ensureStream(jsm, {
      ...common,
      name: names.claims,
      subjects: [names.all("claims")],
      max_msgs_per_subject: 1,
      max_age: maxClaimMs * MS,
    });
    const members = await new Kvm(js).create(names.members, {
      storage,
      replicas,
      history: 1,
      ttl: 2 * presenceTtlMs,
      timeout: timeoutMs,
    });
    return {
      connection,
      names,
      js,
      jsm,
      members,
      link,
      durability: DURABILITY[persistence],
      timeoutMs,
      maxClaimMs,
      presenceTtlMs,
      unwritten,
      ping: () => link.ask(() => connection.flush()),
      async [Symbol.asyncDispose]() {
        link.close();
      },
    };
  } catch (error) {
    link.close();
    throw explained(error);
  }
}

/** The stream, made if it is missing. Answers when it was made. */
async function ensureStream(
  jsm: JetStreamManager,
  wanted: Partial<StreamConfig> & { readonly name: string },
): Promise<string> {
  const found = await jsm.streams.info(wanted.name).catch(() => undefined);
  // Somebody else may make it at the same time: the same settings are no error.
  const { config, created } = found ?? (await jsm.streams.add(wanted));
  const [subject] = wanted.subjects ?? [];
  if (config.subjects?.length !== 1 || config.subjects[0] !== subject) {
    throw new NatsSettingsError(
      `stream "${wanted.name}" holds ${String(config.subjects)} and not ${String(subject)}; choose another prefix`,
    );
  }
  return String(created);
}
