import { message, type Subject } from "./subject.js";

/** As much of Bun's server as is used here; its own types would clash with those of Node. */
interface BunSocket {
  subscribe(topic: string): void;
}
interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, data: string): number;
}
declare const Bun: {
  serve(options: {
    port: number;
    hostname: string;
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: {
      perMessageDeflate: boolean;
      message(socket: BunSocket, data: string): void;
    };
  }): BunServer;
};

/** Bun's native WebSocket server and its publish, which is that of uWebSockets. Runs under Bun only. */
export async function start(): Promise<Subject> {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, own) =>
      own.upgrade(request) ? undefined : new Response("no", { status: 400 }),
    websocket: {
      perMessageDeflate: false,
      message: (socket, data) => socket.subscribe(String(data)),
    },
  });
  return {
    port: server.port,
    publish: (channel, text) => void server.publish(String(channel), message(channel, text)),
  };
}
