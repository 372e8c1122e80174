import { fileURLToPath } from "node:url";
import { z } from "zod";
import { StartupError } from "./startup-error.js";

/** One market day, 6.5 hours of trade, in a second. */
export const DEFAULT_SPEED = 23_400;

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const between = (low: number, high: number) => {
  const message = `must be a number from ${low} to ${high}`;
  return z.coerce.number(message).min(low, message).max(high, message);
};

const environment = z.object({
  /** Port to listen on; 0 takes any free one. */
  PORT: between(0, 65_535).pipe(z.int("must be a whole number")).default(3_000),
  HOST: z.string().min(1).default("127.0.0.1"),
  /** Where monitors, notifications and the token secret are kept. */
  TOCSIN_DATA: z.string().min(1).default(fromHere("../../data")),
  /** Market milliseconds in one real millisecond. */
  SPEED: between(1, 1_000_000).default(DEFAULT_SPEED),
  LOG_LEVEL: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("warn"),
  /** Secret of the session tokens, at least 32 characters. Default: made once and kept with the data. */
  JWT_SECRET: z.string().min(32, "must be at least 32 characters long").optional(),
  /** Whether a server that has never run starts with some monitors to look at. */
  EXAMPLES: z.enum(["yes", "no"]).default("no"),
  DASHBOARD: z.string().min(1).default(fromHere("../../../alert-dashboard/dist")),
});

/** What the server can be told by its environment. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDirectory: string;
  readonly speed: number;
  readonly logLevel: string;
  readonly jwtSecret: string | undefined;
  /** Whether to begin with some monitors to look at. */
  readonly examples: boolean;
  /** Where the built dashboard lies. */
  readonly dashboard: string;
}

/**
 * Reads settings from environment variables.
 *
 * @throws {@link StartupError} naming the variable that is wrong and what it may be.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.path.join(".") ?? "";
    throw new StartupError(
      `The environment variable ${name} is wrong: ${issue?.message}. It is "${name === "JWT_SECRET" ? "…" : given[name]}".`,
    );
  }
  const { PORT, HOST, TOCSIN_DATA, SPEED, LOG_LEVEL, JWT_SECRET, EXAMPLES, DASHBOARD } =
    parsed.data;
  return {
    port: PORT,
    host: HOST,
    dataDirectory: TOCSIN_DATA,
    speed: SPEED,
    logLevel: LOG_LEVEL,
    jwtSecret: JWT_SECRET,
    examples: EXAMPLES === "yes",
    dashboard: DASHBOARD,
  };
}
