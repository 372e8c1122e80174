import { createPublicKey, KeyObject } from "node:crypto";
import { type CryptoKey, createRemoteJWKSet, type JWK, type JWTVerifyGetKey } from "jose";
import type { KeyFamily } from "./algorithms.js";
import { JwtConfigError } from "./errors.js";

/** What signatures are checked with: exactly one of a shared secret, one public key, or the key set of an issuer. */
export type JwtKeySource =
  | {
      /** Shared with the issuer, at least 32 bytes; text counts as its UTF-8 bytes. For HS256, HS384 and HS512. */
      readonly secret: string | Uint8Array;
    }
  | {
      /** The issuer's public key: PEM text, a JWK, a `KeyObject` or a `CryptoKey`. */
      readonly key: string | JWK | KeyObject | CryptoKey;
    }
  | {
      /**
       * Where the issuer publishes its keys. Fetched when first needed, kept for ten minutes, and fetched again for
       * an unknown key at most every thirty seconds. `https`, or `http` on this machine.
       */
      readonly jwksUrl: string | URL;
      /** How long a fetch may take, in milliseconds. Default 3,000: less than a client has to authenticate. */
      readonly jwksTimeoutMs?: number;
    };

/** A key to verify with. It never depends on what a token says, except for which key of a fixed set to take. */
export interface VerificationKey {
  readonly get: JWTVerifyGetKey;
  /** Whether it has to be fetched, so that it may be missing for reasons a token has no part in. */
  readonly remote: boolean;
}

const MIN_SECRET_BYTES = 32;

/**
 * Makes the key ready and checks that it can fit the algorithms.
 *
 * @throws {@link JwtConfigError} when it cannot.
 */
export function verificationKey(source: JwtKeySource, family: KeyFamily): VerificationKey {
  if ("secret" in source) {
    const secret = secretKey(source.secret, family);
    return { get: async () => secret, remote: false };
  }
  if ("key" in source) {
    const key = publicKey(source.key, family);
    return { get: async () => key, remote: false };
  }
  if (family === "oct") {
    throw new JwtConfigError(
      "jwksUrl holds public keys, but algorithms needs a secret; pin RS256, ES256 or EdDSA",
    );
  }
  const get = createRemoteJWKSet(trustedUrl(source.jwksUrl), {
    timeoutDuration: source.jwksTimeoutMs ?? 3_000,
  });
  return { get, remote: true };
}

function secretKey(secret: string | Uint8Array, family: KeyFamily): Uint8Array {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (family !== "oct") {
    throw new JwtConfigError(
      "secret goes with HS256, HS384 or HS512; for the algorithms given use key or jwksUrl",
    );
  }
  if (new TextDecoder().decode(bytes.subarray(0, 32)).trimStart().startsWith("-----BEGIN")) {
    throw new JwtConfigError(
      "secret is a PEM key; everybody may know it, so pass it as key and pin its algorithm",
    );
  }
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new JwtConfigError(
      `secret is ${bytes.length} bytes long; at least ${MIN_SECRET_BYTES} random ones are needed`,
    );
  }
  return bytes;
}

function publicKey(key: string | JWK | KeyObject | CryptoKey, family: KeyFamily) {
  const ready = typeof key === "string" ? readPem(key) : key;
  const kind = kindOf(ready);
  if (kind === family && family !== "oct") return ready;
  throw new JwtConfigError(
    `key is of kind ${kind ?? "unknown"}, but algorithms needs ${family === "oct" ? "a secret" : family}; pin the algorithm the key is for`,
  );
}

function readPem(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new JwtConfigError(
      'key is not a PEM public key; it begins with "-----BEGIN PUBLIC KEY-----"',
      {
        cause: error,
      },
    );
  }
}

const KIND_OF_NODE_KEY: Readonly<Record<string, KeyFamily>> = {
  rsa: "RSA",
  "rsa-pss": "RSA",
  ec: "EC",
  ed25519: "OKP",
};
const KIND_OF_WEB_KEY: Readonly<Record<string, KeyFamily>> = {
  "RSASSA-PKCS1-v1_5": "RSA",
  "RSA-PSS": "RSA",
  ECDSA: "EC",
  Ed25519: "OKP",
  HMAC: "oct",
};

function kindOf(key: JWK | KeyObject | CryptoKey): string | undefined {
  if (key instanceof KeyObject) {
    return key.type === "secret" ? "oct" : KIND_OF_NODE_KEY[key.asymmetricKeyType ?? ""];
  }
  return "algorithm" in key ? KIND_OF_WEB_KEY[key.algorithm.name] : key.kty;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

function trustedUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url?.protocol === "https:") return url;
  if (url?.protocol === "http:" && LOOPBACK.has(url.hostname)) return url;
  throw new JwtConfigError(
    `jwksUrl must be an https URL: whoever can change the keys on their way can sign tokens; got "${String(given)}"`,
  );
}
