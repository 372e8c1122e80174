import { formatAddress, matchAddress } from "./address.js";
import type { ChannelDef, ChannelMode, ParamsOf } from "./channel.js";
import { ContractError } from "./errors.js";
import type { InputOf, OutputOf, Schema } from "./schema.js";

/** A request and its reply. Made by {@link method}. */
export interface MethodDef<Input extends Schema = Schema, Output extends Schema = Schema> {
  readonly input: Input;
  readonly output: Output;
}

/** Declares a method: what a caller sends and what comes back. */
export function method<Input extends Schema, Output extends Schema>(
  def: MethodDef<Input, Output>,
): MethodDef<Input, Output> {
  return def;
}

/** One channel: its address, and the definition that types everything done with it. */
export interface ChannelRef<Def extends ChannelDef = ChannelDef> {
  /** The address on the wire, as in `stock:600519`. */
  readonly name: string;
  readonly mode: Def["mode"];
  readonly def: Def;
  /** The decoded parameters of the address. */
  readonly params: Readonly<Record<string, string>>;
}

/** Builds a {@link ChannelRef}; takes the template's parameters, or nothing where it has none. */
export type RefFactory<Def extends ChannelDef> =
  object extends ParamsOf<Def> ? () => ChannelRef<Def> : (params: ParamsOf<Def>) => ChannelRef<Def>;

/** The channels a contract names. */
export type ChannelDefs = Readonly<Record<string, ChannelDef>>;
/** The methods a contract names. */
export type MethodDefs = Readonly<Record<string, MethodDef>>;

/** Under this key a contract keeps its definitions, out of the way of channel names. */
export const definition: unique symbol = Symbol.for("tocsin.contract");

/** What a contract knows about itself. */
export interface ContractDefinition<
  Channels extends ChannelDefs = ChannelDefs,
  Methods extends MethodDefs = MethodDefs,
> {
  readonly channels: Channels;
  readonly methods: Methods;
  /** The channel an address names; `undefined` when the contract has none. */
  resolve(address: string): ChannelRef | undefined;
}

/** The one file both sides share: `contract.price({ code })` is a {@link ChannelRef}. */
export type Contract<
  Channels extends ChannelDefs = ChannelDefs,
  Methods extends MethodDefs = MethodDefs,
> = { readonly [K in keyof Channels]: RefFactory<Channels[K]> } & {
  readonly [definition]: ContractDefinition<Channels, Methods>;
};

/** Any contract, where its channel names do not matter. */
export interface AnyContract {
  readonly [definition]: ContractDefinition;
}

/** The methods of a contract. */
export type MethodsOf<C extends AnyContract> = C[typeof definition]["methods"];
/** What a caller of a method sends. */
export type MethodInput<M extends MethodDef> = InputOf<M["input"]>;
/** What a caller of a method gets back. */
export type MethodOutput<M extends MethodDef> = OutputOf<M["output"]>;
/** The mode of a ref. */
export type ModeOf<Ref extends ChannelRef> = Ref["def"]["mode"] & ChannelMode;

/**
 * Declares what can be said between the two sides.
 *
 * @throws {@link ContractError} when one address could belong to two channels.
 */
export function defineContract<
  const Channels extends ChannelDefs,
  const Methods extends MethodDefs = Record<never, never>,
>(def: { readonly channels: Channels; readonly methods?: Methods }): Contract<Channels, Methods> {
  const byNamespace = indexByNamespace(def.channels);
  const resolve = (address: string): ChannelRef | undefined => {
    const end = address.indexOf(":");
    for (const channel of byNamespace.get(end < 0 ? address : address.slice(0, end)) ?? []) {
      const params = matchAddress(channel.template, address);
      if (params) return { name: address, mode: channel.mode, def: channel, params };
    }
    return undefined;
  };
  const refs = Object.fromEntries(
    Object.entries(def.channels).map(([name, channel]) => [name, refFactory(channel)]),
  );
  const own: ContractDefinition<Channels, MethodDefs> = {
    channels: def.channels,
    methods: def.methods ?? {},
    resolve,
  };
  // The mapped type above is what the entries built here amount to; the compiler cannot follow fromEntries.
  return Object.freeze({ ...refs, [definition]: own }) as Contract<Channels, Methods>;
}

function refFactory(def: ChannelDef) {
  return (params: Readonly<Record<string, string | number>> = {}): ChannelRef => ({
    name: formatAddress(def.template, params),
    mode: def.mode,
    def,
    params: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, String(value)]),
    ),
  });
}

function indexByNamespace(channels: ChannelDefs): Map<string, ChannelDef[]> {
  const index = new Map<string, ChannelDef[]>();
  for (const channel of Object.values(channels)) {
    const namespace = channel.template.source.split(":", 1)[0] ?? "";
    const others = index.get(namespace) ?? [];
    const twin = others.find((other) => overlap(other, channel));
    if (twin) {
      throw new ContractError(
        `channels "${twin.template.source}" and "${channel.template.source}" can have the same address; give one another namespace or literal part`,
      );
    }
    index.set(namespace, [...others, channel]);
  }
  return index;
}

function overlap(a: ChannelDef, b: ChannelDef): boolean {
  return (
    a.template.parts.length === b.template.parts.length &&
    a.template.parts.every((part, index) => {
      const other = b.template.parts[index];
      return !("literal" in part && other && "literal" in other && part.literal !== other.literal);
    })
  );
}
