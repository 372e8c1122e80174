import { pino } from "pino";
import { buildApp } from "./app.js";
import { loadMarket } from "./market/market.js";
import { dashboardBuilt } from "./routes/dashboard.js";
import { banner } from "./setup/banner.js";
import { openDataDirectory } from "./setup/data-directory.js";
import { addExampleMonitors } from "./setup/example-monitors.js";
import { readSettings } from "./setup/settings.js";
import { StartupError } from "./setup/startup-error.js";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const logger = pino(
    { level: settings.logLevel },
    pino.destination({ dest: 2, sync: true }), // nothing is lost when the process is about to end
  );
  const data = await openDataDirectory(settings.dataDirectory, settings.jwtSecret);
  const app = await buildApp({ ...data, ...settings, market: loadMarket(), logger });
  const address = await app.fastify
    .listen({ port: settings.port, host: settings.host })
    .catch(async (error: unknown) => {
      await app.close();
      await data.close();
      throw explainListen(error, settings.port, settings.host);
    });
  if (settings.examples) await addExampleMonitors(app.service);
  app.service.start();
  process.stdout.write(
    banner({ address, settings, dashboard: dashboardBuilt(settings.dashboard) }),
  );

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(130); // asked twice: somebody is in a hurry, and everything is safe to cut off
    stopping = true;
    await app.close();
    await data.close();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stop().catch(fail);
    });
  }
}

function explainListen(error: unknown, port: number, host: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new StartupError(
        `Port ${port} is taken. Stop what uses it, or take another: set PORT=${port + 1}.`,
      );
    case "EACCES":
      return new StartupError(`Port ${port} is reserved. Take one above 1023: set PORT=3000.`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartupError(`This machine has no address ${host}. Set HOST=127.0.0.1.`);
    default:
      return error;
  }
}

function fail(error: unknown): void {
  const text =
    error instanceof StartupError
      ? `\n  ${error.message}\n\n`
      : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
  process.stderr.write(text);
  process.exitCode = 1;
}

main().catch(fail);
