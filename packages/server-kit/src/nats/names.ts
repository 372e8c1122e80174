import { createHash } from "node:crypto";
import { NatsSettingsError } from "./errors.js";

/** What every subject and stream begins with, unless it is said otherwise. */
const DEFAULT_PREFIX = "tocsin";

/** A subject must fit into a line of 4,096 bytes with whatever else stands there. */
const MOST_CHARACTERS = 1_000;

/** The names in NATS. */
export interface NatsNames {
  /** Streams of events and of claims, and the bucket of members. */
  readonly history: string;
  readonly claims: string;
  readonly members: string;
  /** Where the events of a channel are stored. */
  stored(channel: string): string;
  /** Where they are announced. */
  announced(channel: string): string;
  /** Where a claim is. */
  claim(key: string): string;
  /** All subjects of a kind. */
  all(kind: "history" | "claims"): string;
  /** Where what is stored is announced, in the words of `republish`. */
  readonly republished: string;
}

/** @throws {@link NatsSettingsError} when the prefix could not be the name of a stream. */
export function natsNames(prefix: string = DEFAULT_PREFIX): NatsNames {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(prefix)) {
    throw new NatsSettingsError(
      `prefix "${prefix}" must be at most 64 letters, digits, hyphens and underscores`,
    );
  }
  return {
    history: `${prefix}_history`,
    claims: `${prefix}_claims`,
    members: `${prefix}_members`,
    republished: `${prefix}.events.{{wildcard(1)}}`,
    stored: (channel) => `${prefix}.history.${token(channel)}`,
    announced: (channel) => `${prefix}.events.${token(channel)}`,
    claim: (key) => `${prefix}.claims.${token(key)}`,
    all: (kind) => `${prefix}.${kind}.*`,
  };
}

/**
 * A name as one token of a subject: letters, digits, `-` and `_` stay, every other byte is `=` and two digits. A long
 * name, or one that has no form in UTF-8, is a hash. No two names share a token, and none is a wildcard.
 */
export function token(name: string): string {
  if (name === "") return "=";
  if (name.length > MOST_CHARACTERS) return hashed(name);
  if (PLAIN.test(name)) return name;
  if (/[\ud800-\udfff]/u.test(name)) return hashed(name);
  let text = "";
  for (const byte of Buffer.from(name)) text += TOKENS[byte];
  return text.length <= MOST_CHARACTERS ? text : hashed(name);
}

const PLAIN = /^[A-Za-z0-9_-]+$/;

/** What each byte is in a token. */
const TOKENS = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (PLAIN.test(character)) return character;
  return `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** A small letter after `=` is in no other token. */
function hashed(name: string): string {
  return `=h${createHash("sha256").update(JSON.stringify(name)).digest("base64url")}`;
}
