import { pathToFileURL } from "node:url";
import { webhookSignature } from "@tocsin/server-kit/alerts";
import { expect, it } from "vitest";
import { blocksOf, fileName } from "./markdown.js";
import { openWorkshop } from "./workshop.js";

const SECRET = `whsec_${Buffer.from("a key of more than sixteen bytes").toString("base64")}`;

it("checks signatures as the guide shows it", async () => {
  using workshop = openWorkshop();
  const block = blocksOf("docs/1.guide/11.alerts.md").find(
    (one) => fileName(one) === "verify-webhook.ts",
  );
  workshop.write("verify-webhook.ts", block?.code ?? "");
  const { isAuthentic } = await import(pathToFileURL(`${workshop.path}/verify-webhook.ts`).href);
  const body = '{"type":"alert.fired"}';
  const signed = (at: number) => ({
    "webhook-id": "d1",
    "webhook-timestamp": String(at),
    "webhook-signature": `v1,bm90IHRoaXM= ${webhookSignature(SECRET, "d1", at, body)}`,
  });
  const now = Math.floor(Date.now() / 1_000);
  expect(isAuthentic(SECRET, signed(now), body)).toBe(true);
  expect(isAuthentic(SECRET, signed(now), `${body} `)).toBe(false);
  expect(isAuthentic("whsec_b3RoZXI=", signed(now), body)).toBe(false);
  expect(isAuthentic(SECRET, signed(now - 600), body)).toBe(false);
  expect(isAuthentic(SECRET, { "webhook-id": "d1" }, body)).toBe(false);
});
