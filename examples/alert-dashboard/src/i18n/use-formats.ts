import { useTranslation } from "react-i18next";
import { createFormats, type Formats } from "./formats.js";
import { isLanguage, type Language } from "./language.js";

const made = new Map<Language, Formats>();

/** Formats of a language; always the same object, as making formatters is slow. */
export function formatsOf(language: string | undefined): Formats {
  const known = isLanguage(language) ? language : "en";
  const formats = made.get(known) ?? createFormats(known);
  made.set(known, formats);
  return formats;
}

/** How numbers, money and times look in the chosen language. */
export function useFormats(): Formats {
  const { i18n } = useTranslation();
  return formatsOf(i18n.resolvedLanguage);
}
