import { JwtConfigError } from "./errors.js";

/** Algorithms by the family of key they need. `none` is not among them and cannot be asked for. */
const FAMILIES = {
  HS256: "oct",
  HS384: "oct",
  HS512: "oct",
  RS256: "RSA",
  RS384: "RSA",
  RS512: "RSA",
  PS256: "RSA",
  PS384: "RSA",
  PS512: "RSA",
  ES256: "EC",
  ES384: "EC",
  ES512: "EC",
  EdDSA: "OKP",
  Ed25519: "OKP",
} as const;

/** A signature algorithm of RFC 7518 or RFC 9864. */
export type JwtAlgorithm = keyof typeof FAMILIES;

/** The kind of key, as a JWK calls it in `kty`. */
export type KeyFamily = (typeof FAMILIES)[JwtAlgorithm];

/**
 * The one family of key that a list of algorithms needs. A list that mixes secrets with public keys is refused:
 * it is how a public key gets used as a secret that everybody knows.
 *
 * @throws {@link JwtConfigError} when the list is empty, names an unknown algorithm or needs several kinds of key.
 */
export function familyOf(algorithms: readonly JwtAlgorithm[]): KeyFamily {
  const families = new Set(algorithms.map(family));
  const [only] = families;
  if (only === undefined) {
    throw new JwtConfigError(
      'algorithms is empty; name the ones your issuer signs with, as in ["RS256"]',
    );
  }
  if (families.size > 1) {
    throw new JwtConfigError(
      `algorithms ${algorithms.join(", ")} need different kinds of key; pin those of your one issuer`,
    );
  }
  return only;
}

function family(algorithm: JwtAlgorithm): KeyFamily {
  if (Object.hasOwn(FAMILIES, algorithm)) return FAMILIES[algorithm];
  throw new JwtConfigError(
    `algorithms: "${algorithm}" is not one of ${Object.keys(FAMILIES).join(", ")}`,
  );
}
