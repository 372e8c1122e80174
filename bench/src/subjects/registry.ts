import { existsSync } from "node:fs";
import { type DialectFor, mqtt, nats, nchan, webSocket } from "./dialects.js";
import { compiler } from "./limit-c.js";
import { nchanModule } from "./nchan.js";
import { commandPath } from "./program.js";
import type { Subject } from "./subject.js";

/** One server that can be measured. */
export interface Entry {
  /** What it does, and what it does not. */
  readonly what: string;
  readonly dialect: DialectFor;
  load(): Promise<{ start(command: string): Promise<Subject> }>;
  /** Where its program is; `undefined` says that it is not installed. Servers in Node need none. */
  find(): string | undefined;
  /** What would have to be installed. */
  readonly needs: string;
  /** Whether its process is another one than that which publishes. */
  readonly foreign?: boolean;
  /** Whether its writes can be counted: those who send in another way than `write` would seem to send nothing. */
  readonly countsWrites?: boolean;
  /** Runs where the other is missing only, unless it is asked for. */
  readonly instead?: string;
  /** Left out of a quick run, unless it is asked for. */
  readonly fullOnly?: boolean;
  /** Of one part of the bench, and of no other. */
  readonly special?: boolean;
}

const BUN = new URL("../../../runtimes/node_modules/bun/bin/bun.exe", import.meta.url).pathname;

const inNode = { find: () => process.execPath, needs: "Node", countsWrites: true } as const;
const plain = webSocket({ subscribe: String });
/** A compressed event may be as small as a reply, but these servers do not reply. */
const squeezed = webSocket({
  subscribe: String,
  extensions: "permessage-deflate; client_max_window_bits",
  threshold: 1,
});
const forCompression = { ...inNode, dialect: squeezed, special: true } as const;

/** Every server that can be measured, ours first. */
export const subjects: Readonly<Record<string, Entry>> = {
  tocsin: {
    ...inNode,
    what: "the hub as it ships: validation, offsets, history, both outbox lanes, all limits",
    dialect: webSocket({
      path: "/ws",
      subprotocol: "tocsin.v1.json",
      subscribe: (channel) => JSON.stringify({ type: "subscribe", channel: `c:${channel}` }),
    }),
    load: () => import("./tocsin.js"),
  },
  "socket.io": {
    ...inNode,
    what: "one room a channel, WebSocket only; no offsets, no history",
    dialect: webSocket({
      path: "/socket.io/?EIO=4&transport=websocket",
      login: { say: "40", mark: '40{"sid"' },
      subscribe: (channel) => `42["sub",${channel}]`,
    }),
    load: () => import("./socket-io.js"),
  },
  "ws naive": {
    ...inNode,
    what: "a loop that stringifies and sends to each reader",
    dialect: plain,
    load: () => import("./ws-naive.js"),
  },
  "ws cork": {
    ...inNode,
    what: "stringifies once and holds each socket until the end of the tick: the best by hand with `ws`",
    dialect: plain,
    load: () => import("./ws-cork.js"),
  },
  bun: {
    what: "`publish` of Bun's native server, which is that of uWebSockets",
    dialect: plain,
    load: () => import("./bun.js"),
    find: () => (existsSync(BUN) ? BUN : undefined),
    needs: "`npm install` in runtimes/",
  },
  c: {
    what: "no protocol, no runtime: a C program that writes ready-made frames, one write a socket and tick",
    dialect: plain,
    load: () => import("./limit-c.js"),
    find: compiler,
    needs: "gcc",
    foreign: true,
    countsWrites: true,
  },
  node: {
    ...inNode,
    what: "the same in Node: bare sockets and ready-made frames",
    dialect: plain,
    load: () => import("./limit.js"),
    instead: "c",
  },
  nats: {
    what: "nats-server, its own protocol; no history, and it gathers by lagging",
    dialect: nats,
    load: () => import("./nats.js"),
    find: () => commandPath("nats-server"),
    needs: "nats-server",
    foreign: true,
    fullOnly: true,
  },
  nchan: {
    what: "nginx with Nchan, one worker; messages come in by HTTP",
    dialect: nchan,
    load: () => import("./nchan.js"),
    find: () => (nchanModule() === undefined ? undefined : commandPath("nginx")),
    needs: "nginx and libnginx-mod-nchan",
    foreign: true,
    fullOnly: true,
  },
  mosquitto: {
    what: "MQTT at quality of service 0",
    dialect: mqtt,
    load: () => import("./mosquitto.js"),
    find: () => commandPath("mosquitto"),
    needs: "mosquitto",
    foreign: true,
    fullOnly: true,
  },
  "ws, plain": {
    ...forCompression,
    what: "ws without compression",
    load: async () => {
      const { startWith } = await import("./ws-deflate.js");
      return { start: () => startWith(false) };
    },
  },
  "ws, deflate": {
    ...forCompression,
    what: "ws as it compresses by default: each socket on its own, with the messages before as a dictionary",
    load: async () => {
      const { startWith } = await import("./ws-deflate.js");
      return { start: () => startWith({ threshold: 0 }) };
    },
  },
  "ws, deflate, no takeover": {
    ...forCompression,
    what: "ws that compresses each message for each socket, by itself",
    load: async () => {
      const { startWith } = await import("./ws-deflate.js");
      return { start: () => startWith({ threshold: 0, serverNoContextTakeover: true }) };
    },
  },
  "shared, plain": {
    ...forCompression,
    what: "one frame for all, bare sockets",
    load: async () => {
      const { startWith } = await import("./shared-deflate.js");
      return { start: () => startWith(false) };
    },
  },
  "shared, deflate": {
    ...forCompression,
    what: "one frame for all, compressed once, bare sockets",
    load: async () => {
      const { startWith } = await import("./shared-deflate.js");
      return { start: () => startWith(true) };
    },
  },
};

/** Those of the comparison of compression. */
export const compressionSubjects = Object.keys(subjects).filter((name) => subjects[name]?.special);

/** The entry of that name. */
export function entryOf(name: string): Entry {
  const entry = subjects[name];
  if (entry) return entry;
  throw new Error(`no server called "${name}"; there are ${Object.keys(subjects).join(", ")}`);
}

/** Which servers take part, and why the others do not. */
export function lineUp({
  quick,
  against,
}: {
  readonly quick: boolean;
  readonly against: readonly string[] | undefined;
}): { readonly names: readonly string[]; readonly missing: readonly string[] } {
  for (const name of against ?? []) entryOf(name);
  const wanted = Object.entries(subjects).filter(([name, { fullOnly, instead, special }]) => {
    if (special) return false;
    if (name === "tocsin") return true;
    if (against) return against.includes(name);
    if (instead) return !quick || entryOf(instead).find() === undefined;
    return !(quick && fullOnly);
  });
  return {
    names: wanted.filter(([, { find }]) => find() !== undefined).map(([name]) => name),
    missing: wanted
      .filter(([, { find }]) => find() === undefined)
      .map(([name, { needs, what }]) => `${name} is not run (${what}): install ${needs}`),
  };
}
