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

const list = z
  .string()
  .transform((text) => text.split(",").map((one) => one.trim()))
  .pipe(
    z.array(z.string().regex(/^[a-z0-9-]{1,32}$/, "must be names of users, with commas between")),
  );

const url = (protocols: RegExp, example: string) =>
  z.url({ protocol: protocols, error: `must be a URL, as in ${example}` }).optional();

const environment = z.object({
  /** Port to listen on; 0 takes any free one. */
  PORT: between(0, 65_535).pipe(z.int("must be a whole number")).default(3_000),
  HOST: z.string().min(1).default("127.0.0.1"),
  /** Where the token secret, and without a database server also everything else, is kept. */
  TOCSIN_DATA: z.string().min(1).default(fromHere("../../data")),
  /** A PostgreSQL for monitors and notifications. Default: an SQLite file. */
  DATABASE_URL: url(/^postgres(ql)?$/, "postgres://user:password@host/database"),
  /** Recorded and made-up prices, or live ones of Deribit and Binance. */
  SOURCE: z.enum(["replay", "live"], "must be replay or live").default("replay"),
  /** Market milliseconds in one real millisecond. */
  SPEED: between(1, 1_000_000).default(DEFAULT_SPEED),
  /** How many made-up symbols to add, each with 20 prices a second: what can a desk show? */
  STRESS_SYMBOLS: between(0, 2_000).pipe(z.int("must be a whole number")).default(0),
  /** Whether webhooks may go to addresses of the own network. */
  WEBHOOKS: z.enum(["public", "private"], "must be public or private").default("public"),
  /** A mail server for alerts by e-mail. Default: none are sent. */
  SMTP_URL: url(/^smtps?$/, "smtp://user:password@host:587"),
  MAIL_FROM: z.string().min(3).default("Tocsin <alerts@localhost>"),
  /** Users who may look at connections, with commas between. */
  OPERATORS: list.default(["demo"]),
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
  /** A PostgreSQL; absent: an SQLite file. */
  readonly databaseUrl: string | undefined;
  readonly source: "replay" | "live";
  readonly speed: number;
  readonly stressSymbols: number;
  /** Whether webhooks may go to addresses of the own network. */
  readonly privateWebhooks: boolean;
  /** Absent: no mail is sent. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** Users who may look at connections. */
  readonly operators: readonly string[];
  readonly logLevel: string;
  readonly jwtSecret: string | undefined;
  /** Whether to begin with some monitors to look at. */
  readonly examples: boolean;
  /** Where the built dashboard lies. */
  readonly dashboard: string;
}

/** Never repeated: they hold secrets. */
const SECRET = new Set(["JWT_SECRET", "DATABASE_URL", "SMTP_URL"]);

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
    const name = String(issue?.path[0] ?? "");
    throw new StartupError(
      `The environment variable ${name} is wrong: ${issue?.message}. It is "${SECRET.has(name) ? "…" : given[name]}".`,
    );
  }
  const { data } = parsed;
  return {
    port: data.PORT,
    host: data.HOST,
    dataDirectory: data.TOCSIN_DATA,
    databaseUrl: data.DATABASE_URL,
    source: data.SOURCE,
    speed: data.SPEED,
    stressSymbols: data.STRESS_SYMBOLS,
    privateWebhooks: data.WEBHOOKS === "private",
    smtpUrl: data.SMTP_URL,
    mailFrom: data.MAIL_FROM,
    operators: data.OPERATORS,
    logLevel: data.LOG_LEVEL,
    jwtSecret: data.JWT_SECRET,
    examples: data.EXAMPLES === "yes",
    dashboard: data.DASHBOARD,
  };
}
