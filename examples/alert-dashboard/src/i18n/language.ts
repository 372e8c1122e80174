/** The languages the desk speaks, by their names in themselves. */
export const LANGUAGES = { en: "English", zh: "简体中文" } as const;

/** A language the desk speaks. */
export type Language = keyof typeof LANGUAGES;

/** Where the choice is kept. */
export const LANGUAGE_KEY = "tocsin.language";

export function isLanguage(value: unknown): value is Language {
  return typeof value === "string" && Object.hasOwn(LANGUAGES, value);
}

/** The language chosen before, else the first of the browser's that is spoken here, else English. */
export function pickLanguage(kept: string | null, preferred: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  for (const tag of preferred) {
    const [language] = tag.toLowerCase().split("-");
    if (isLanguage(language)) return language;
  }
  return "en";
}
