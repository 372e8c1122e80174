import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** A message somebody sent to the venue. */
export interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly [name: string]: unknown };
}

/** A venue of our own: a real server that says what a test has it say. */
export interface VenueServer extends AsyncDisposable {
  readonly url: string;
  readonly httpUrl: string;
  /** Every message of every connection, in order. */
  readonly asked: Asked[];
  /** The connections there are. */
  sockets(): WebSocket[];
  /** How many there have been. */
  readonly dialled: number;
  say(message: unknown): void;
  sayText(text: string): void;
  /** Closes the server and every connection; `open` brings it back on the same port. */
  close(): Promise<void>;
  open(): Promise<void>;
  /** What becomes of an upgrade; a status other than 101 turns it away. */
  upgradeStatus: number;
}

/** Starts a venue; `answer` is called for every message, and returns what is said in return. */
export async function venueServer(
  answer: (asked: Asked) => unknown,
  http: Parameters<typeof createServer>[1] = (_request, response) => void response.end(),
): Promise<VenueServer> {
  const asked: Asked[] = [];
  let server: Server;
  let sockets: WebSocketServer;
  let port = 0;
  let dialled = 0;
  let upgradeStatus = 101;

  async function open(): Promise<void> {
    server = createServer(http);
    sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      dialled += 1;
      if (upgradeStatus !== 101) {
        socket.end(`HTTP/1.1 ${upgradeStatus} No\r\nConnection: close\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        sockets.emit("connection", webSocket);
        webSocket.on("error", () => {});
        webSocket.on("message", (data) => {
          const message = JSON.parse(String(data)) as Asked;
          asked.push(message);
          const said = answer(message);
          if (said !== undefined) webSocket.send(JSON.stringify(said));
        });
      });
    });
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }

  async function close(): Promise<void> {
    if (!server.listening) return;
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  await open();
  return {
    url: `ws://127.0.0.1:${port}/stream`,
    httpUrl: `http://127.0.0.1:${port}`,
    asked,
    sockets: () => [...sockets.clients],
    get dialled() {
      return dialled;
    },
    get upgradeStatus() {
      return upgradeStatus;
    },
    set upgradeStatus(status) {
      upgradeStatus = status;
    },
    say(message) {
      for (const socket of sockets.clients) socket.send(JSON.stringify(message));
    },
    sayText(text) {
      for (const socket of sockets.clients) socket.send(text);
    },
    close,
    open,
    [Symbol.asyncDispose]: close,
  };
}

/** Waits for something to become true; the time limit is that of the test. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
