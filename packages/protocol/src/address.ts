import { AddressError, ContractError } from "./errors.js";
import { MAX_CHANNEL_BYTES } from "./limits.js";

/** What may stand in a parameter of an address. Numbers are written in decimal. */
export type AddressValue = string | number;

/** The parameters of a template: `"stock:{code}"` needs `{ code }`, `"news"` needs nothing. */
export type AddressParams<Template extends string> =
  Template extends `${string}{${infer Name}}${infer Rest}`
    ? { readonly [K in Name | keyof AddressParams<Rest>]: AddressValue }
    : unknown;

/** A parsed template: each part is either a literal or the name of a parameter. */
export interface AddressTemplate {
  readonly source: string;
  readonly parts: readonly ({ readonly literal: string } | { readonly param: string })[];
}

const LITERAL = /^[A-Za-z0-9_.~-]+$/;
const PARAM = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/**
 * Parses `"namespace:{key}:literal"`. The first part is the namespace and never a parameter.
 *
 * @throws {@link ContractError} when a part is neither a literal nor `{name}`, or a name repeats.
 */
export function parseTemplate(source: string): AddressTemplate {
  const seen = new Set<string>();
  const parts = source.split(":").map((part, index) => {
    const param = PARAM.exec(part)?.[1];
    if (param !== undefined && index > 0 && !seen.has(param)) {
      seen.add(param);
      return { param };
    }
    if (LITERAL.test(part)) return { literal: part };
    throw new ContractError(
      `channel template "${source}": part ${index + 1} ("${part}") must be letters, digits or _.~-, ` +
        "or after the first part a {name} that is used once",
    );
  });
  return { source, parts };
}

/**
 * Builds the address of one channel, percent-encoding each value.
 *
 * @throws {@link AddressError} when a value is missing, empty or not encodable, or the address is over 255 bytes.
 */
export function formatAddress(
  template: AddressTemplate,
  params: { readonly [name: string]: AddressValue },
): string {
  const address = template.parts
    .map((part) => ("literal" in part ? part.literal : encodePart(template, part.param, params)))
    .join(":");
  if (address.length > MAX_CHANNEL_BYTES) {
    throw new AddressError(
      `channel "${template.source}": the address is ${address.length} bytes, at most ${MAX_CHANNEL_BYTES} are allowed; use shorter parameters`,
    );
  }
  return address;
}

function encodePart(
  template: AddressTemplate,
  name: string,
  params: { readonly [name: string]: AddressValue },
): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  const text = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  const encoded = typeof text === "string" ? encode(text) : undefined;
  if (encoded) return encoded;
  throw new AddressError(
    `channel "${template.source}": parameter "${name}" must be a non-empty string or a finite number`,
  );
}

function encode(text: string): string | undefined {
  try {
    // Strict RFC 3986: what encodeURIComponent leaves alone could pass for a pattern.
    return encodeURIComponent(text).replace(
      /[!'()*]/g,
      (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    return undefined; // a lone surrogate has no UTF-8 form
  }
}

/**
 * Reads an address back into its parameters; `undefined` when it does not fit the template or is not in the
 * one canonical encoding. Two spellings of one channel would be two channels, so only one is accepted.
 */
export function matchAddress(
  template: AddressTemplate,
  address: string,
): Readonly<Record<string, string>> | undefined {
  if (address.length > MAX_CHANNEL_BYTES) return undefined;
  const values = address.split(":");
  if (values.length !== template.parts.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, part] of template.parts.entries()) {
    const value = values[index] ?? "";
    if ("literal" in part) {
      if (part.literal !== value) return undefined;
      continue;
    }
    const text = decode(value);
    if (text === undefined || text === "" || encode(text) !== value) return undefined;
    params.push([part.param, text]);
  }
  return Object.fromEntries(params);
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
