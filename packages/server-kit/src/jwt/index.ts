export type { JwtAlgorithm } from "./algorithms.js";
export { JwksUnavailableError, JwtConfigError } from "./errors.js";
export { type JwtOptions, jwtAuthenticate } from "./jwt-authenticate.js";
export type { JwtKeySource } from "./verification-key.js";
