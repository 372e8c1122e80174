import type { Severity } from "@tocsin/protocol/alerts";

/** The colour of a severity; each also has its word, as not everybody sees colours. */
export const TONE_OF = {
  critical: "down",
  warning: "warn",
  info: "accent",
} as const satisfies Record<Severity, string>;

/** The same in the component library's colours. */
export const COLOR_OF = {
  critical: "red",
  warning: "yellow",
  info: "blue",
} as const satisfies Record<Severity, string>;
