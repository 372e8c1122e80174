const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, inverse: 7 } as const;

/** Colours a text, or leaves it alone. */
export type Paint = (color: keyof typeof CODES, text: string) => string;

export function createPaint(enabled: boolean): Paint {
  return enabled ? (color, text) => `\u001b[${CODES[color]}m${text}\u001b[0m` : (_, text) => text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const ESCAPES = /(\u001b\[[0-9;]*m)/g;

/** The text as wide as it is shown. */
export function widthOf(text: string): number {
  return text.replace(ESCAPES, "").length;
}

/** Cuts a text to a width, keeping its colours whole. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = 0;
  let result = "";
  for (const part of text.split(ESCAPES)) {
    if (part.startsWith("\u001b")) result += part;
    else {
      result += part.slice(0, Math.max(0, width - 1 - shown));
      shown = Math.min(width - 1, shown + part.length);
    }
  }
  return `${result}…`;
}

/** A server's text without anything a terminal would act on. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
}
