import { type Clock, systemClock } from "../clock.js";
import { type Logger, silentLogger } from "../logger.js";
import { RedisUnavailableError } from "./errors.js";
import type { RedisScripts, ScriptInput } from "./scripts.js";

/** The least that is asked of a connection for commands. What `createClient` of `redis` makes fits. */
export interface CommandClient extends RedisScripts {
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  /** Ends it when what is under way has been answered. */
  close(): Promise<unknown>;
  destroy(): void;
}

/** What a link works with. */
export interface MasterLinkParts {
  /** Makes a connection that does not come back by itself, to the server that may be written to now. */
  open(): Promise<CommandClient>;
  /** Rejects when the server just connected to is not the one that may be written to. */
  check?(client: CommandClient): Promise<void>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A connection to the one server that may be written to, wherever it is. */
export interface MasterLink extends RedisScripts {
  /** Connects for the first time. Rejects when that does not work; there is no second try. */
  connect(): Promise<void>;
  /** Ends it, after what is under way has been answered or `withinMs` have passed. Twice is harmless. */
  close(withinMs: number): Promise<void>;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/**
 * Makes a link. A connection that is lost is made again, to the server that is the master by then. Commands are
 * never sent a second time: one whose answer was lost may have taken effect, and only its owner knows whether that
 * may happen twice. While there is no connection they are rejected at once.
 */
export function createMasterLink({
  open,
  check = async () => {},
  clock = systemClock,
  logger = silentLogger,
}: MasterLinkParts): MasterLink {
  let current: CommandClient | undefined;
  let closed = false;

  async function connect(): Promise<void> {
    const client = await open();
    client.on("error", (error: unknown) => lose(client, error));
    client.on("end", () => lose(client, undefined));
    try {
      await client.connect();
      await check(client);
    } catch (error) {
      client.destroy();
      throw error;
    }
    if (closed) client.destroy();
    else current = client;
  }

  function lose(client: CommandClient, error: unknown): void {
    if (current !== client) return; // it was never used, or is lost already
    current = undefined;
    client.destroy();
    if (closed) return;
    logger.warn({ err: error }, "lost the connection to Redis");
    connectAgain(FIRST_WAIT_MS);
  }

  function connectAgain(waitMs: number): void {
    clock.after(waitMs, () => {
      if (closed) return;
      connect().then(
        () => logger.info({}, "connected to Redis again"),
        (error) => {
          logger.debug({ err: error }, "Redis cannot be reached");
          connectAgain(Math.min(LONGEST_WAIT_MS, waitMs * 2));
        },
      );
    });
  }

  async function send(command: (client: CommandClient) => Promise<unknown>): Promise<unknown> {
    const client = current;
    if (!client) throw new RedisUnavailableError("not connected");
    try {
      return await command(client);
    } catch (error) {
      // Another server has taken over, and this one follows it now.
      if (error instanceof Error && error.message.startsWith("READONLY")) lose(client, error);
      throw error;
    }
  }

  return {
    connect,
    evalSha: (sha1: string, input: ScriptInput) => send((client) => client.evalSha(sha1, input)),
    eval: (text: string, input: ScriptInput) => send((client) => client.eval(text, input)),
    async close(withinMs) {
      closed = true;
      const client = current;
      current = undefined;
      if (client) await closeWithin(client, withinMs, clock);
    },
  };
}

/** Closes a client; destroys it when it has not come to an end in time. */
export async function closeWithin(
  client: Pick<CommandClient, "close" | "destroy">,
  withinMs: number,
  clock: Clock = systemClock,
): Promise<void> {
  let cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(withinMs, resolve);
  });
  await Promise.race([client.close().catch(() => {}), late]);
  cancel();
  client.destroy();
}
