import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import type { Clock } from "../clock.js";

/** What the watch works with. */
export interface HeadWatchParts {
  readonly clock: Pick<Clock, "after">;
  /** How long the head of a connection's first request may take. */
  readonly withinMs: number;
  /** A connection ended before it had made a request: its head took too long, or the HTTP server refused it. */
  onFault(fault: "too-slow" | "bad-head", remoteAddress: string): void;
}

/** A watch over the connections of one server. */
export interface HeadWatch {
  /** An upgrade has come. Told rather than listened for: others count who listens for upgrades. */
  heard(request: IncomingMessage): void;
  /** Lets go of all. */
  stop(): void;
}

const LATE = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/**
 * Ends connections that take too long to make their first request. `node:http` looks at its own `headersTimeout`
 * only every half minute, so a head that drips in would hold its connection for one and a half. Later requests of
 * a connection that is kept alive are left to the server's own timeouts.
 */
export function watchHeads(
  server: Pick<Server, "on" | "off">,
  { clock, withinMs, onFault }: HeadWatchParts,
): HeadWatch {
  const silent = new Map<Socket, { readonly remoteAddress: string; cancel(): void }>();
  // Over TLS the requests come on the socket that this event hands out, not on the one below it.
  const opened = server instanceof TlsServer ? "secureConnection" : "connection";

  /** Leaves nothing at the socket either: most of them live on as WebSockets, for long. */
  const forget = (socket: Socket): void => {
    silent.get(socket)?.cancel();
    silent.delete(socket);
    socket.off("close", onClosed);
  };
  function onClosed(this: Socket): void {
    const known = silent.get(this);
    forget(this);
    // Written to without a request: that was the HTTP server, saying that it cannot read this.
    if (known && this.bytesWritten > 0) onFault("bad-head", known.remoteAddress);
  }
  const onOpened = (socket: Socket): void => {
    const remoteAddress = socket.remoteAddress ?? "unknown";
    const cancel = clock.after(withinMs, () => {
      forget(socket);
      if (socket.bytesWritten > 0) return;
      onFault("too-slow", remoteAddress);
      socket.end(LATE, () => socket.destroy());
    });
    silent.set(socket, { remoteAddress, cancel });
    socket.on("close", onClosed);
  };
  const heard = ({ socket }: IncomingMessage): void => forget(socket);

  server.on(opened, onOpened);
  server.on("request", heard);
  return {
    heard,
    stop() {
      server.off(opened, onOpened);
      server.off("request", heard);
      for (const socket of [...silent.keys()]) forget(socket);
    },
  };
}
