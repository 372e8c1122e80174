import type { AddressParams } from "./address.js";
import { type AddressTemplate, parseTemplate } from "./address.js";
import { type Duration, durationMs } from "./duration.js";
import { ContractError } from "./errors.js";
import type { InputOf, OutputOf, Schema } from "./schema.js";

/**
 * What may be thrown away on a channel:
 * `latest`, all but the newest value; `table`, all but the newest row of each key; `log`, nothing;
 * `signal`, anything.
 */
export type ChannelMode = "latest" | "table" | "log" | "signal";

/** How much of a `log` a server keeps for recovery and `history`. */
export interface Retention {
  /** Most events kept. */
  readonly size: number;
  /** How long an event is kept, in milliseconds. */
  readonly ttlMs: number;
}

/** One kind of channel of a contract. Made by {@link latest}, {@link table}, {@link log} and {@link signal}. */
export interface ChannelDef<
  Template extends string = string,
  Mode extends ChannelMode = ChannelMode,
  Payload extends Schema = Schema,
  Params extends Schema = Schema,
> {
  readonly mode: Mode;
  readonly template: AddressTemplate & { readonly source: Template };
  readonly payload: Payload;
  /** Schema of the `params` of a subscribe; absent where the channel takes none. */
  readonly params: Params | undefined;
  /** In a `table`, the field of a row that identifies it. */
  readonly key: string | undefined;
  /** In a `log`, how much is kept. */
  readonly retention: Retention | undefined;
  /** Whether subscribers are listed in presence. */
  readonly presence: boolean;
}

/** Options of every channel kind. */
export interface ChannelOptions<Params extends Schema = Schema> {
  /** Schema of the parameters a subscriber may send along, such as a filter. */
  readonly params?: Params;
  /** List subscribers in presence; off by default. */
  readonly presence?: boolean;
}

/** Options of a `table`. */
export interface TableOptions<Row, Params extends Schema = Schema> extends ChannelOptions<Params> {
  /** The field that identifies a row; its values are strings or numbers. */
  readonly key: KeyField<Row>;
}

/** Fields of a row whose values can identify it. */
export type KeyField<Row> = {
  [K in keyof Row & string]: Row[K] extends string | number ? K : never;
}[keyof Row & string];

/** Options of a `log`. */
export interface LogOptions<Params extends Schema = Schema> extends ChannelOptions<Params> {
  /** What is kept for recovery: at most `size` events (default 1,000), each at most `ttl` old (default `"1d"`). */
  readonly history?: { readonly size?: number; readonly ttl?: Duration };
}

/** Parameters a template's address needs. */
export type ParamsOf<Def extends ChannelDef> = AddressParams<Def["template"]["source"]>;

/** What a handler of the channel receives. */
export type PayloadOf<Def extends ChannelDef> = OutputOf<Def["payload"]>;

/** What a publisher of the channel hands in. */
export type PayloadInputOf<Def extends ChannelDef> = InputOf<Def["payload"]>;

/** A value: a price, a status. Subscribers get the current one and then changes; a slow reader gets the newest. */
export function latest<
  const T extends string,
  P extends Schema,
  Params extends Schema = Schema<never>,
>(
  template: T,
  payload: P,
  options: ChannelOptions<Params> = {},
): ChannelDef<T, "latest", P, NoInfer<Params>> {
  return define("latest", template, payload, options);
}

/** Keyed rows: an order book, a list of jobs. Subscribers get all rows and then added, changed and removed ones. */
export function table<
  const T extends string,
  P extends Schema,
  Params extends Schema = Schema<never>,
>(
  template: T,
  payload: P,
  options: TableOptions<OutputOf<P>, Params>,
): ChannelDef<T, "table", P, NoInfer<Params>> {
  return { ...define("table", template, payload, options), key: options.key };
}

/** Events that each matter: alerts, fills, chat. Every one is delivered in order, or the gap is reported. */
export function log<
  const T extends string,
  P extends Schema,
  Params extends Schema = Schema<never>,
>(
  template: T,
  payload: P,
  options: LogOptions<Params> = {},
): ChannelDef<T, "log", P, NoInfer<Params>> {
  const { size = 1_000, ttl = "1d" } = options.history ?? {};
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new ContractError(
      `channel "${template}": history.size must be a whole number, 0 or more, not ${size}`,
    );
  }
  return {
    ...define("log", template, payload, options),
    retention: { size, ttlMs: durationMs(ttl) },
  };
}

/** Progress, typing, pointers: best effort, nothing is kept. */
export function signal<
  const T extends string,
  P extends Schema,
  Params extends Schema = Schema<never>,
>(
  template: T,
  payload: P,
  options: ChannelOptions<Params> = {},
): ChannelDef<T, "signal", P, NoInfer<Params>> {
  return define("signal", template, payload, options);
}

function define<T extends string, M extends ChannelMode, P extends Schema, Params extends Schema>(
  mode: M,
  template: T,
  payload: P,
  { params, presence = false }: ChannelOptions<Params>,
): ChannelDef<T, M, P, Params> {
  return {
    mode,
    template: { ...parseTemplate(template), source: template },
    payload,
    params,
    key: undefined,
    retention: undefined,
    presence,
  };
}
