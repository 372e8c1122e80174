import { createClient, createCluster, type RedisClientOptions } from "redis";
import { systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import { RedisSettingsError, RedisUnavailableError } from "./errors.js";
import { type CommandClient, closeWithin, createMasterLink } from "./master-link.js";
import { DEFAULT_TIMEOUT_MS, type RedisScripts, script } from "./scripts.js";
import { createSubscriber, type Homes, type RedisSubscriber } from "./subscriber.js";

/** Where a server listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Which Redis it is: one server, one that sentinels watch over, or a cluster. */
export type RedisServers =
  | {
      /** `redis[s]://[[user][:password]@]host[:port][/database]`. */
      readonly url: string;
    }
  | {
      /** The name the sentinels know the master by, and where some of them are. */
      readonly sentinel: { readonly name: string; readonly nodes: readonly RedisAddress[] };
    }
  | {
      /** Where some of the nodes are; they name the others. */
      readonly cluster: { readonly nodes: readonly RedisAddress[] };
    };

/** What a connection is made with: who asks, and the socket, as in `socket: { tls: true }`. */
export type ConnectionOptions = Pick<
  RedisClientOptions,
  "username" | "password" | "database" | "socket"
>;

/** Settings of {@link openRedis}. */
export type OpenRedisOptions = RedisServers & {
  /** What each connection to a server is made with, as in `createClient` of `redis`. */
  readonly connection?: ConnectionOptions;
  /** The same for connections to sentinels, which have their own users. */
  readonly sentinelConnection?: ConnectionOptions;
  /**
   * After so many milliseconds a command, a subscription or an attempt to connect is given up. A connection that
   * is silent for twice as long is taken for lost. Default 2,000.
   */
  readonly timeoutMs?: number;
  /** Most commands under way on one connection; more are rejected. Default 10,000. */
  readonly maxPending?: number;
  /** Told when connections are lost and found. Default: silent. */
  readonly logger?: Logger;
};

/** An open Redis: what the stores and the broker work with. */
export interface Redis extends AsyncDisposable {
  readonly client: RedisScripts;
  readonly subscriber: RedisSubscriber;
  /** How long a command may take. */
  readonly timeoutMs: number;
  /** Whether another server may take over. */
  readonly failover: boolean;
  /** Resolves when Redis has answered, rejects when it has not in time: for a check of readiness. */
  ping(): Promise<void>;
}

/** What the three kinds of Redis have in common once they are connected. */
interface Connected {
  readonly client: RedisScripts;
  readonly homes: Homes;
  close(withinMs: number): Promise<void>;
}

interface Settings {
  /** Settings of a connection that does not come back by itself. */
  at(address?: RedisAddress): RedisClientOptions;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/**
 * Connects to Redis with the settings that live updates need: nothing waits in a queue while the connection is
 * away, nothing waits for ever, and what is lost comes back by itself. Whoever opens it closes it.
 *
 * @throws {@link RedisSettingsError} when the address cannot be meant.
 * @throws {@link RedisUnavailableError} when it cannot be reached.
 */
export async function openRedis(options: OpenRedisOptions): Promise<Redis> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, logger = silentLogger } = options;
  const settings: Settings = {
    at: (address) => clientOptions(options, options.connection, address),
    timeoutMs,
    logger,
  };
  const { client, homes, close } = await connectTo(options, settings).catch((cause) => {
    if (cause instanceof RedisSettingsError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RedisUnavailableError(`Redis cannot be reached: ${said}`, { cause });
  });
  const subscriber = createSubscriber({ homes, timeoutMs, logger });
  const ping = script(client, "return 1", { timeoutMs });
  return {
    client,
    subscriber,
    timeoutMs,
    failover: !("url" in options),
    async ping() {
      await ping(["tocsin:ping"], []);
    },
    async [Symbol.asyncDispose]() {
      subscriber.close();
      await close(timeoutMs);
    },
  };
}

function connectTo(options: OpenRedisOptions, settings: Settings): Promise<Connected> {
  const kinds = ["url", "sentinel", "cluster"].filter((kind) => Object.hasOwn(options, kind));
  if (kinds.length !== 1) {
    throw new RedisSettingsError(
      `openRedis needs one of url, sentinel and cluster, not ${kinds.join(" and ") || "none"}`,
    );
  }
  if ("cluster" in options) return connectCluster(options.cluster.nodes, settings);
  if ("sentinel" in options) {
    const { name, nodes } = options.sentinel;
    const ask = (address: RedisAddress) =>
      masterAccordingTo(address, name, clientOptions(options, options.sentinelConnection, address));
    const find = () => firstAnswer(nodes, ask);
    return connectMaster({ find, check: mustBeMaster }, settings);
  }
  return connectMaster({ find: async () => undefined }, settings);
}

function clientOptions(
  options: OpenRedisOptions,
  connection: ConnectionOptions = {},
  address?: RedisAddress,
): RedisClientOptions {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxPending = 10_000 } = options;
  return {
    ...("url" in options && { url: options.url }),
    ...connection,
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxPending,
    commandOptions: { timeout: timeoutMs },
    // An idle connection says something each timeout; one that says nothing for two of them is dead.
    pingInterval: timeoutMs,
    socket: {
      ...connection.socket,
      ...address,
      connectTimeout: timeoutMs,
      socketTimeout: 2 * timeoutMs,
      reconnectStrategy: false,
    },
  };
}

/** How the one server that may be written to is found. */
interface Search {
  /** Where it is now; `undefined` where the settings say so. */
  find(): Promise<RedisAddress | undefined>;
  /** Rejects when it was found where it no longer is. */
  check?(client: CommandClient): Promise<void>;
}

async function connectMaster(search: Search, { at, logger }: Settings): Promise<Connected> {
  const link = createMasterLink({
    open: async () => createClient(at(await search.find())),
    ...(search.check && { check: search.check }),
    logger,
  });
  await link.connect();
  const find = shared(search.find);
  return {
    client: link,
    homes: {
      async locate(_channel, again) {
        const address = await find(again);
        return {
          address: address ? `${address.host}:${address.port}` : "",
          open: () => createClient(at(address)),
        };
      },
    },
    close: link.close,
  };
}

/** So long an answer of the sentinels serves everybody who asks. */
const FRESH_MS = 250;

/** Asks once for all channels that look for their server at the same time. */
function shared<T>(find: () => Promise<T>): (again: boolean) => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return (again) => {
    if (last && !(again && systemClock.now() - last.at > FRESH_MS)) return last.answer;
    const asked = { at: systemClock.now(), answer: find() };
    last = asked;
    asked.answer.catch(() => {
      if (last === asked) last = undefined;
    });
    return asked.answer;
  };
}

async function mustBeMaster(client: CommandClient): Promise<void> {
  const answer = await client.sendCommand(["ROLE"]);
  const role = Array.isArray(answer) ? String(answer[0]) : "";
  if (role !== "master") throw new RedisUnavailableError(`the server is a ${role}, not the master`);
}

async function firstAnswer(
  nodes: readonly RedisAddress[],
  ask: (node: RedisAddress) => Promise<RedisAddress>,
): Promise<RedisAddress> {
  let last: unknown = new RedisSettingsError("sentinel.nodes is empty; name at least one");
  for (const node of nodes) {
    try {
      return await ask(node);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function masterAccordingTo(
  { host, port }: RedisAddress,
  name: string,
  options: RedisClientOptions,
): Promise<RedisAddress> {
  const sentinel = createClient(options);
  sentinel.on("error", () => {}); // whatever it says also rejects what is under way
  try {
    await sentinel.connect();
    const answer = await sentinel.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]);
    if (!Array.isArray(answer)) {
      throw new RedisSettingsError(`the sentinel at ${host}:${port} knows no master "${name}"`);
    }
    return { host: String(answer[0]), port: Number(answer[1]) };
  } finally {
    sentinel.destroy();
  }
}

async function connectCluster(
  nodes: readonly RedisAddress[],
  { at, timeoutMs, logger }: Settings,
): Promise<Connected> {
  const { socket, ...defaults } = at();
  const cluster = createCluster({
    rootNodes: nodes.map(({ host, port }) => ({ socket: { host, port } })),
    defaults: {
      ...defaults,
      socket: { ...socket, reconnectStrategy: (tries) => Math.min(1_000, 50 * 2 ** tries) },
    },
    topologyRefreshOnReconnectionAttemptStrategy: Math.ceil(timeoutMs / 2),
  });
  cluster.on("error", (error) => logger.warn({ err: error }, "the Redis cluster is in trouble"));
  cluster.on("node-error", (error) => logger.warn({ err: error }, "a Redis node is in trouble"));
  await cluster.connect().catch((error) => {
    cluster.destroy();
    throw error;
  });
  return {
    client: cluster,
    homes: {
      async locate(channel, again) {
        // A command on the key is what makes the cluster look at its slots anew, if they have moved.
        if (again) await cluster.exists(channel).catch(() => {});
        const node = await cluster.getNodeClientForKey(channel);
        const socket = node.options.socket ?? {};
        if (!("host" in socket) || !socket.host || !socket.port) {
          throw new RedisUnavailableError("the cluster does not say where the channel is");
        }
        const { host, port } = socket;
        return { address: `${host}:${port}`, open: () => createClient(at({ host, port })) };
      },
    },
    close: (withinMs) => closeWithin(cluster, withinMs),
  };
}
