import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { run } from "@tocsin-example/alert-system";
import { serveOnExpress } from "./serve.js";

run(async (served, logger) => {
  const server = serveOnExpress(served, logger);
  return {
    listen: (port, host) => listening(server, port, host),
    async close() {
      await served.hub.close({ drainWithin: "2s" });
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
});

function listening(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(`http://${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}
