import { readFileSync } from "node:fs";
import { DiagnosticSeverity, Parser } from "@asyncapi/parser";
import { describe, expect, it } from "vitest";
import { documentFile, documents } from "../../scripts/asyncapi.mjs";

const written = (name: string) => JSON.parse(readFileSync(documentFile(name), "utf8"));

describe("what stands in docs", () => {
  it.each(Object.entries(documents()))(
    "%s is up to date; else run npm run asyncapi -w packages/protocol",
    (name, document) => {
      expect(written(name)).toEqual(JSON.parse(JSON.stringify(document)));
    },
  );

  it("asyncapi.json is AsyncAPI 3 to the letter", async () => {
    const { document, diagnostics } = await new Parser().parse(written("asyncapi.json"));
    expect(diagnostics.filter(({ severity }) => severity === DiagnosticSeverity.Error)).toEqual([]);
    expect(document?.version()).toBe("3.0.0");
  });
});
