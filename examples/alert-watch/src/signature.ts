import { createHmac } from "node:crypto";

/** Fewer bytes than this can be guessed. */
const MIN_KEY_BYTES = 16;

/** The key of a webhook secret, base64 behind `whsec_`; `undefined` when it is none. */
export function signingKey(secret: string): Buffer | undefined {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(base64 ?? "", "base64");
  return key.length >= MIN_KEY_BYTES ? key : undefined;
}

/** Headers of a Standard Webhook; `at` is milliseconds since 1970. */
export function signedHeaders(
  key: Buffer,
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const hmac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`);
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${hmac.digest("base64")}`,
  };
}
