import { createForwarder, type Forwarder } from "./forward.js";
import { createCommand, EXIT, SECRET_VARIABLE, type WatchOptions } from "./options.js";
import { jsonOutput, lineOutput, type Output, screenOutput } from "./output.js";
import { createPaint } from "./paint.js";
import { createScreen } from "./screen.js";
import { signingKey } from "./signature.js";
import { watch } from "./watch.js";

const command = createCommand();
const options = command.parse().opts<WatchOptions>();
const ending = new AbortController();
const end = () => ending.abort();
process.on("SIGINT", end);
process.on("SIGTERM", end);
// Whoever read us is gone (`| head`): that is an end like any other.
process.stdout.on("error", end);

const screen = createScreen(process.stdout);
const print = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);
let unsaid = "";

function createOutput(): Output {
  const { isTTY } = process.stdout;
  const paint = createPaint(options.color && !process.env.NO_COLOR && isTTY);
  if (options.json) return jsonOutput(print);
  if (!isTTY) return lineOutput(print, paint);
  return screenOutput(screen, paint, () => ({
    columns: process.stdout.columns,
    rows: process.stdout.rows,
  }));
}

const say = (message: string) => {
  // The screen shows the state itself; a line in between would tear it. It is told when the screen is gone.
  if (screen.drawn) unsaid = message;
  else complain(message);
};

function forwarding(): Forwarder | undefined {
  if (!options.forward) return undefined;
  const key = signingKey(process.env[SECRET_VARIABLE] ?? "");
  if (key) return createForwarder({ url: options.forward, key, say });
  return command.error(
    `error: --forward needs a secret in ${SECRET_VARIABLE}: whsec_ and at least 16 bytes as base64`,
  );
}

try {
  process.exitCode = await watch(options, {
    signal: ending.signal,
    forwarder: forwarding(),
    output: createOutput(),
    say,
  });
  if (process.exitCode !== EXIT.ok && unsaid) complain(unsaid);
} catch (error) {
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = EXIT.failed;
}
