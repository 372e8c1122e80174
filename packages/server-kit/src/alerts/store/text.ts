/** What text in a database has no form for: a zero character, half a pair; and the mark that stands for them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the zero character is what this is about
const UNSTORABLE = /[\\\u0000\p{Surrogate}]/gu;

/** Text as it is stored: itself, but for characters a database refuses or cuts it at. No two texts become one. */
export function toText(value: string): string {
  return value.replace(
    UNSTORABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The text that was stored by {@link toText}. */
export function fromText(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** {@link toText} of what may be absent. */
export const toTextOrNull = (value: string | null): string | null =>
  value === null ? null : toText(value);

/** {@link fromText} of what may be absent. */
export const fromTextOrNull = (text: string | null): string | null =>
  text === null ? null : fromText(text);
