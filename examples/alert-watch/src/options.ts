import { Command, InvalidArgumentError, Option } from "commander";

/** What was asked for on the command line. */
export interface WatchOptions {
  readonly url: URL;
  readonly user: string;
  readonly json: boolean;
  /** Past alerts to start with. */
  readonly rewind: number;
  /** Keep trying when the server is not there yet. */
  readonly wait: boolean;
  readonly color: boolean;
}

/** How the program ends, for scripts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, refused: 4 } as const;

const HELP = `
In a terminal: a price table redrawn in place, alerts below it. Into a pipe or a file: one line an alert.
With --json one JSON object a line, and everything else on standard error:
  {"type":"alert","replayed":false,"alert":{…}}
  {"type":"gap","from":7,"to":9,"reason":"expired"}   alerts 7 to 9 are lost to this reader

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
    .option("--rewind <n>", "start with the last n alerts", parseCount, 10)
    .option("--json", "alerts as JSON lines", false)
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

function parseCount(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a number from 0 to 9999.");
}
