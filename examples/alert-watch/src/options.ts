import { INTERVALS, type Interval } from "@tocsin-example/alert-contract";
import { Command, InvalidArgumentError, Option } from "commander";

/** What was asked for on the command line. */
export interface WatchOptions {
  readonly url: URL;
  readonly user: string;
  readonly json: boolean;
  /** Every revision of every alert, and not each alert once. */
  readonly all: boolean;
  /** The bars to show. */
  readonly candles: CandleChoice | undefined;
  /** Where alerts are handed on to. */
  readonly forward: URL | undefined;
  /** Past revisions to start with. */
  readonly rewind: number;
  /** Keep trying when the server is not there yet. */
  readonly wait: boolean;
  readonly color: boolean;
}

/** Bars of one symbol. */
export interface CandleChoice {
  readonly code: string;
  readonly interval: Interval;
}

/** The environment variable that holds the secret of `--forward`; on the command line everybody could read it. */
export const SECRET_VARIABLE = "TOCSIN_WEBHOOK_SECRET";

/** How the program ends, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, refused: 4 } as const;

const HELP = `
In a terminal: a price table redrawn in place, alerts below it. Into a pipe or a file: one line an alert, once;
with --all one line whenever something about it changes, as when it is resolved, read or acknowledged.
With --json one JSON object a line, and everything else on standard error:
  {"type":"alert","replayed":false,"alert":{…}}
  {"type":"gap","from":7,"to":9,"reason":"expired"}   events 7 to 9 are lost to this reader

With --forward each alert, and its end, is posted to a URL, signed like a Standard Webhook with the secret in
${SECRET_VARIABLE} (whsec_ and base64), and repeated under one webhook-id until it is taken. Those that
--rewind brings are posted too, under the ids they had before.

Exit codes: 0 ended by Ctrl-C or by a closed pipe, 1 unexpected failure, 2 wrong arguments,
3 server not reachable at the start, 4 turned away by the server.`;

/** The command line; the caller runs it. */
export function createCommand(): Command {
  return new Command("alert-watch")
    .description("Live prices and alerts of a Tocsin example server, in a terminal")
    .addOption(
      new Option("--url <url>", "address of the server")
        .default(new URL("http://127.0.0.1:3000"), "http://127.0.0.1:3000")
        .env("TOCSIN_URL")
        .argParser(parseUrl),
    )
    .option("--user <name>", "whose alerts to show", "demo")
    .option("--rewind <n>", "start with the last n changes of alerts", parseCount, 10)
    .option("--json", "alerts as JSON lines", false)
    .option("--all", "every change of an alert, not each alert once", false)
    .option(
      "--candles <symbol:interval>",
      `show bars too, as in SPX:1h (${INTERVALS.join(", ")})`,
      parseCandles,
    )
    .option("--forward <url>", "post alerts there, signed", parseUrl)
    .option("--wait", "wait for a server that is not there yet", false)
    .option("--no-color", "no colours; also when NO_COLOR is set")
    .addHelpText("after", HELP)
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new InvalidArgumentError("It has to be an address such as http://127.0.0.1:3000.");
}

function parseCandles(text: string): CandleChoice {
  const at = text.lastIndexOf(":");
  const code = text.slice(0, Math.max(at, 0));
  const interval = INTERVALS.find((one) => one === text.slice(at + 1));
  if (code !== "" && interval) return { code, interval };
  throw new InvalidArgumentError(
    `It has to be a symbol and one of ${INTERVALS.join(", ")}, as in SPX:1h.`,
  );
}

function parseCount(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a number from 0 to 9999.");
}
