import { MAX_DEPTH, type Problem } from "@tocsin/protocol";

/**
 * What keeps a value from travelling as it is, in every codec; `undefined` when nothing does. A `Date` or a
 * `NaN` would arrive as something else, a `bigint` or a circle could not be written at all: better said to the
 * publisher than found out by readers. Fields that are `undefined` are left out, as everywhere in JSON.
 */
export function unsendable(value: unknown, levels = MAX_DEPTH): Problem | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : here(`${value} is no number JSON can carry`);
    case "object":
      return value === null ? undefined : insideOf(value, levels);
    default:
      return here(`a ${typeof value} cannot be sent; use a string or a number`);
  }
}

function insideOf(value: object, levels: number): Problem | undefined {
  if (levels === 0) return here(`nests more than ${MAX_DEPTH} levels deep, or in a circle`);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const problem = unsendable(item, levels - 1);
      if (problem) return within(String(index), problem);
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const name = value.constructor?.name ?? "object";
    return here(
      `a ${name} would not arrive as one; send plain objects, and times as numbers or text`,
    );
  }
  for (const [name, item] of Object.entries(value)) {
    const problem =
      name === "__proto__" ? here("is no name for a field") : unsendable(item, levels - 1);
    if (problem) return within(name, problem);
  }
  return undefined;
}

function here(message: string): Problem {
  return { field: "", message };
}

function within(name: string, { field, message }: Problem): Problem {
  return { field: field ? `${name}.${field}` : name, message };
}
