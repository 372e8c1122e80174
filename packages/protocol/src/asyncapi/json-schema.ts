import type { StandardJSONSchemaV1 } from "@standard-schema/spec";
import { type $ZodType, toJSONSchema } from "zod/v4/core";
import type { Schema } from "../schema.js";

/** A JSON Schema, draft 7: the one AsyncAPI builds on. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Which side of a schema: what it takes, or what it hands out. */
export type Side = "input" | "output";

/**
 * A schema of a contract as JSON Schema. zod schemas are converted by zod; others by themselves, if they offer
 * Standard JSON Schema. What neither can say is left open rather than guessed.
 *
 * @param home - Where the result will stand in its document, as in `#/components/schemas/price`.
 */
export function jsonSchemaOf(schema: Schema, side: Side, home: string): JsonSchema {
  if (isZod(schema)) return zodJsonSchema(schema, side, home);
  if (offersJsonSchema(schema)) {
    return rebased(schema["~standard"].jsonSchema[side]({ target: "draft-07" }), home);
  }
  return {
    description: `Not described: a ${schema["~standard"].vendor} schema without JSON Schema.`,
  };
}

/** A zod schema as JSON Schema. Unknown fields are allowed, as every reader of the wire has to allow them. */
export function zodJsonSchema(schema: $ZodType, side: Side, home: string): JsonSchema {
  const converted = toJSONSchema(schema, {
    target: "draft-7",
    io: side,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "object" && def.catchall === undefined) {
        delete jsonSchema.additionalProperties;
      }
    },
  });
  return rebased(converted, home);
}

function isZod(schema: Schema): schema is Schema & $ZodType {
  return "_zod" in schema;
}

function offersJsonSchema(schema: Schema): schema is Schema & StandardJSONSchemaV1 {
  return "jsonSchema" in schema["~standard"];
}

/** Without `$schema`, which belongs at the top, and with references that hold in the larger document. */
function rebased(
  { $schema: _top, "~standard": _own, ...schema }: JsonSchema,
  home: string,
): JsonSchema {
  return moved(schema, home);
}

function moved<T>(value: T, home: string): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => moved(item, home)) as T;
  const entries = Object.entries(value).map(([name, inner]) => {
    const own = name === "$ref" && typeof inner === "string" && inner.startsWith("#");
    return [name, own ? home + inner.slice(1) : moved(inner, home)];
  });
  return Object.fromEntries(entries);
}
