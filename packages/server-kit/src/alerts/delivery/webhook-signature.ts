import { createHmac } from "node:crypto";

/** The key in a secret: base64 behind `whsec_`. */
function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

/**
 * The signature of a webhook, version 1 of Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`.
 *
 * @param timestamp - seconds since 1970; a receiver refuses what is old, so that nothing can be sent again later.
 */
export function webhookSignature(
  secret: string,
  id: string,
  timestamp: number,
  body: string,
): string {
  const hmac = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`);
  return `v1,${hmac.digest("base64")}`;
}
