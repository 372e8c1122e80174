import { run } from "@tocsin-example/alert-system";
import { serveOnFastify } from "./serve.js";

run(async (served, logger) => {
  const app = await serveOnFastify(served, logger);
  return {
    listen: (port, host) => app.listen({ port, host }),
    close: () => app.close(), // the plugin drains the hub first
  };
});
