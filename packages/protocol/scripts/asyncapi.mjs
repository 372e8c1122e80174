// `npm run asyncapi -w packages/protocol`: writes the machine-readable form of docs/protocol.md.
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describeContract, messageSchemas } from "@tocsin/protocol/asyncapi";
import { market } from "@tocsin-example/alert-contract";

/** What is written where; the test that the files are up to date asks for the same. */
export const documents = () => ({
  "asyncapi.json": describeContract(market, { title: "Tocsin alert example", version: "0.0.0" }),
  "messages.schema.json": messageSchemas(),
});

/** @param {string} name */
export const documentFile = (name) =>
  fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  for (const [name, document] of Object.entries(documents())) {
    const file = documentFile(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  }
}
