import { DiagnosticSeverity, Parser } from "@asyncapi/parser";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as mini from "zod/mini";
import { latest, log, signal, table } from "../channel.js";
import { defineContract, method } from "../contract.js";
import { describeContract } from "./index.js";

type Tree = { readonly name: string; readonly children: Tree[] };
const tree: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(tree);
  },
});

const byHand: StandardSchemaV1<string> = {
  "~standard": { version: 1, vendor: "by-hand", validate: (value) => ({ value: String(value) }) },
};
const selfDescribed: StandardSchemaV1<string> & StandardJSONSchemaV1<string> = {
  "~standard": {
    version: 1,
    vendor: "self-described",
    validate: (value) => ({ value: String(value) }),
    jsonSchema: {
      input: ({ target }) => ({ type: "string", description: `input for ${target}` }),
      output: ({ target }) => ({ type: "string", description: `output for ${target}` }),
    },
  },
};

const contract = defineContract({
  channels: {
    price: latest("stock:{code}:{venue}", z.object({ at: z.string().transform(Number) })),
    rows: table("rows", mini.object({ id: mini.string() }), { key: "id", presence: true }),
    trees: log("trees", tree),
    typing: signal("typing:{room}", z.strictObject({ who: z.string() }), {
      params: z.object({ every: z.number().default(1) }),
    }),
    connection: latest("connection", byHand),
    "odd / name": latest("odd", selfDescribed),
  },
  methods: { price: method({ input: z.object({ id: z.bigint() }), output: z.void() }) },
});
const described = describeContract(contract, { title: "Everything", version: "1.2.3" });
const { channels, components, operations } = described;

describe("the description of a contract", () => {
  it("is AsyncAPI 3 to the letter", { timeout: 60_000 }, async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(described));
    expect(diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error)).toEqual([]);
    expect(document?.info().title()).toBe("Everything");
    const addresses = document
      ?.channels()
      .all()
      .map((channel) => channel.address());
    expect(addresses).toEqual([
      null,
      "stock:{code}:{venue}",
      "rows",
      "trees",
      "typing:{room}",
      "connection",
      "odd",
    ]);
  });

  it("names the parameters of each address, and none where there is none", () => {
    expect(Object.keys(channels.price?.parameters ?? {})).toEqual(["code", "venue"]);
    expect(channels.rows).not.toHaveProperty("parameters");
  });

  it("gives each mode what it has: patches of state, history of what is kept, presence where it is on", () => {
    const names = (id: string) => Object.keys(channels[id]?.messages ?? {});
    expect(names("rows")).toEqual(expect.arrayContaining(["patch", "history", "presence"]));
    expect(names("trees")).not.toContain("patch");
    expect(names("trees")).not.toContain("presence");
    expect(names("typing")).not.toContain("history");
  });

  it("tells what goes in from what comes out", () => {
    expect(components.schemas["price.publish"]).toMatchObject({
      properties: { at: { type: "string" } },
    });
    // a transform has no JSON Schema: the field is left open rather than guessed
    expect(components.schemas["price.payload"]).toMatchObject({ properties: { at: {} } });
    expect(components.schemas["typing.params"]).not.toHaveProperty("required");
  });

  it("describes zod/mini like zod, and lets unknown fields be unless the schema is strict", () => {
    expect(components.schemas["rows.payload"]).toEqual({
      type: "object",
      properties: { id: { type: "string" } },
      required: ["id"],
    });
    expect(components.schemas["typing.payload"]).toMatchObject({ additionalProperties: false });
  });

  it("keeps references of a recursive schema inside it", () => {
    const text = JSON.stringify(components.schemas["trees.payload"]);
    expect(text).toContain('"$ref":"#/components/schemas/trees.payload');
    expect(text).not.toContain("$schema");
  });

  it("asks another vendor's schema to describe itself, and says so when it cannot", () => {
    expect(components.schemas["odd_32__47__32_name.payload"]).toEqual({
      type: "string",
      description: "output for draft-07",
    });
    expect(components.schemas["connection.payload"]).toEqual({
      description: "Not described: a by-hand schema without JSON Schema.",
    });
  });

  it("pairs each request with its answer", () => {
    expect(operations["price.call"]).toMatchObject({
      action: "receive",
      messages: [{ $ref: "#/channels/tocsin.connection/messages/price.call" }],
      reply: { messages: [{ $ref: "#/channels/tocsin.connection/messages/price.result" }] },
    });
    expect(operations["rows.presence"]?.reply?.messages).toEqual([
      { $ref: "#/channels/rows/messages/presenceResult" },
    ]);
  });
});
