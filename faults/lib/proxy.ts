import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import {
  createLink,
  type Direction,
  type Filter,
  type Link,
  type Mode,
  type Trap,
} from "./link.js";

/** A bad network in front of a server, one for each client. Loopback only. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The newest connection, as long as it is open. */
  readonly link: Link | undefined;
  /** Connections accepted, and lines cut, so far. */
  readonly accepted: number;
  readonly cuts: number;
  /** Where the last cut fell: how much had gone each way, and the end of what the client got. */
  readonly lastCut: Pick<Link, "passed" | "tail"> | undefined;
  /** Traps the next connection before it is made. */
  trapNext(trap: Trap): void;
  /** While set, connections are accepted and reset at once. */
  refusing: boolean;
  /** Resets every open connection; one proxy may have served several clients. */
  resetAll(): void;
  /** How connections treat their bytes from now on; open ones too. */
  setMode(mode: Mode, directions?: readonly Direction[]): void;
}

export interface ProxyOptions {
  /** Port of the server; asked for anew on each connection. */
  readonly target: () => number;
  /** What clients get instead of what the server sent. Made for each connection. */
  readonly filter?: () => Filter;
  /** A connection was made, cut or closed. */
  readonly onChange?: () => void;
}

const BOTH: readonly Direction[] = ["up", "down"];

export async function createProxy({
  target,
  filter,
  onChange = () => {},
}: ProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const modes: Record<Direction, Mode> = { up: { is: "pass" }, down: { is: "pass" } };
  const links = new Set<Link>();
  let nextTrap: Trap | undefined;
  let current: Link | undefined;
  let lastCut: TcpProxy["lastCut"];
  let accepted = 0;
  let cuts = 0;

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    accepted += 1;
    if (proxy.refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: "127.0.0.1", port: target(), allowHalfOpen: true });
    keep(client);
    keep(upstream);
    const link = createLink(client, upstream, {
      filter: filter?.(),
      onCut() {
        cuts += 1;
        lastCut = { passed: { ...link.passed }, tail: link.tail };
        onChange();
      },
      onClosed() {
        links.delete(link);
        if (current === link) current = undefined;
        onChange();
      },
    });
    links.add(link);
    current = link;
    if (nextTrap) link.setTrap(nextTrap);
    nextTrap = undefined;
    for (const direction of BOTH) link.setMode(direction, modes[direction]);
    onChange();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const proxy: TcpProxy = {
    refusing: false,
    port,
    url: `ws://127.0.0.1:${port}/ws`,
    get link() {
      return current?.open ? current : undefined;
    },
    get accepted() {
      return accepted;
    },
    get cuts() {
      return cuts;
    },
    get lastCut() {
      return lastCut;
    },
    trapNext(trap) {
      nextTrap = trap;
    },
    resetAll() {
      for (const link of links) link.cut("reset");
    },
    setMode(mode, directions = BOTH) {
      for (const direction of directions) {
        modes[direction] = mode;
        for (const link of links) link.setMode(direction, mode);
      }
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}
