import type { Logger } from "@tocsin/server-kit";
import { pino } from "pino";
import type { Served } from "./rest/served.js";
import { banner } from "./setup/banner.js";
import { openDataDirectory } from "./setup/data-directory.js";
import { addExampleMonitors } from "./setup/example-monitors.js";
import { readSettings } from "./setup/settings.js";
import { StartupError } from "./setup/startup-error.js";
import { createAlertSystem } from "./system.js";

/** A web server that was made for the system, not listening yet. */
export interface WebServer {
  /** Resolves with its address, as in `http://127.0.0.1:3000`. */
  listen(port: number, host: string): Promise<string>;
  /** Closes the hub, which sends clients elsewhere, and then itself. */
  close(): Promise<void>;
}

/** Runs the alert system from environment variables until it is told to stop, on the web server that is given. */
export function run(serve: (served: Served, logger: pino.Logger) => Promise<WebServer>): void {
  start(serve).catch(fail);
}

async function start(
  serve: (served: Served, logger: pino.Logger) => Promise<WebServer>,
): Promise<void> {
  const settings = readSettings(process.env);
  const logger = pino(
    { level: settings.logLevel },
    pino.destination({ dest: 2, sync: true }), // nothing is lost when the process is about to end
  );
  const data = await openDataDirectory(settings);
  const system = await createAlertSystem({ data, settings, logger: logger as Logger });
  const server = await serve(system.served, logger);
  const close = async (): Promise<void> => {
    await system.stop();
    await server.close();
    await system.close();
    await data.close();
  };
  const address = await server
    .listen(settings.port, settings.host)
    .catch(async (error: unknown) => {
      await close();
      throw explainListen(error, settings.port, settings.host);
    });
  if (settings.examples) await addExampleMonitors(system.context.service, system.context.book);
  system.context.service.start();
  process.stdout.write(banner({ address, settings }));

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(130); // asked twice: somebody is in a hurry, and everything is safe to cut off
    stopping = true;
    await close();
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
