import { once } from "node:events";
import type { Server } from "node:net";

/** Listens on a free port of this machine and says which. */
export async function listening(server: Server): Promise<number> {
  server.listen({ port: 0, host: "127.0.0.1", backlog: 16_384 });
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port to listen on");
  return address.port;
}
