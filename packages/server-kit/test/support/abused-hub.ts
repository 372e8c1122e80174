import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defineContract, latest, log, method, signal } from "@tocsin/protocol";
import { expect } from "vitest";
import WebSocket from "ws";
import { z } from "zod";
import type { AttachOptions, Hub, HubOptions, RejectionStage } from "../../src/index.js";
import { createHub } from "../../src/index.js";

/** What stands in tokens and payloads of the abuse cases, and must stand in no line of a log. */
export const SECRET = "hunter2";

/** A channel of each kind, and one that only the bystander reads. */
export const contract = defineContract({
  channels: {
    price: latest("price:{code}", z.object({ price: z.number() })),
    inbox: log("inbox:{userId}", z.object({ text: z.string() })),
    noise: signal("noise:{id}", z.string()),
    beacon: log("beacon", z.number()),
  },
  methods: { wait: method({ input: z.object({}), output: z.object({}) }) },
});

/** What a test may set up differently. */
export type AbusedOptions = Partial<HubOptions<typeof contract>>;

interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly fields: Record<string, unknown>;
}

/** A hub that is about to be abused, and somebody beside it who must not notice. */
export interface AbusedHub extends AsyncDisposable {
  readonly hub: Hub<typeof contract>;
  readonly port: number;
  readonly lines: readonly Line[];
  /** Opens a connection of a real client. */
  dial(options?: WebSocket.ClientOptions, path?: string, protocols?: string[]): WebSocket;
  /** Checks the invariant of all cases: one is counted, one line tells it, no secret in any, the bystander is served. */
  rejectedOnce(stage: RejectionStage, reason: string): Promise<void>;
  /** The same where nothing was refused. */
  rejectedNothing(): Promise<void>;
}

/** Resolves once the condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Starts a hub on a server of its own. The bystander comes with a token where one is asked for. */
export async function abusedHub(
  options: AbusedOptions = {},
  attachOptions: AttachOptions = {},
): Promise<AbusedHub> {
  const lines: Line[] = [];
  const at =
    (level: Line["level"]) =>
    (fields: object): void =>
      void lines.push({ level, fields: { ...fields } });
  const hub = createHub({
    contract,
    methods: { wait: () => new Promise<never>(() => {}) },
    logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    ...options,
  });
  const server = createServer((_request, response) => response.end("page"));
  hub.attach(server, attachOptions);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const sockets: WebSocket[] = [];
  const dial: AbusedHub["dial"] = (clientOptions = {}, path = "/ws", protocols = []) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, clientOptions);
    socket.on("error", () => {});
    sockets.push(socket);
    return socket;
  };
  const bystander = dial({ headers: { authorization: "Bearer bystander" } });
  const seen: number[] = [];
  bystander.on("message", (raw) => {
    const { type, data } = JSON.parse(String(raw));
    if (type === "event") seen.push(data);
  });
  await once(bystander, "open");
  bystander.send('{"type":"subscribe","channel":"beacon"}');
  await until(() => hub.subscriptions.size === 1);

  const total = () =>
    Object.values(hub.stats().rejected)
      .flatMap((reasons) => Object.values(reasons))
      .reduce((sum, count) => sum + count, 0);

  const unharmed = async () => {
    expect(JSON.stringify(lines.map(({ fields }) => printable(fields)))).not.toContain(SECRET);
    const sent = seen.length + 1;
    await hub.publish(contract.beacon(), sent);
    await until(() => seen.length === sent);
    expect(seen.at(-1)).toBe(sent);
  };

  return {
    hub,
    port,
    lines,
    dial,
    async rejectedOnce(stage, reason) {
      await until(() => total() > 0);
      await unharmed();
      expect(hub.stats().rejected).toEqual({ [stage]: { [reason]: 1 } });
      const told = lines.filter(({ level }) => level !== "debug");
      expect(told.map(({ fields }) => fields)).toEqual([
        expect.objectContaining({ stage, reason }),
      ]);
    },
    async rejectedNothing() {
      await unharmed();
      expect(hub.stats().rejected).toEqual({});
      expect(lines.filter(({ level }) => level !== "debug")).toEqual([]);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate();
      for (const connection of hub.connections.all()) connection.socket.terminate();
      server.closeAllConnections();
      server.close();
      await until(() => hub.connections.size === 0);
      await hub.close({ drainWithin: 0 });
    },
  };
}

function printable(fields: Record<string, unknown>): unknown {
  const { err } = fields;
  return err instanceof Error
    ? { ...fields, err: `${err.name} ${err.message} ${err.stack}` }
    : fields;
}
