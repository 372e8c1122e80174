import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en/index.js";
import type { Language } from "./language.js";
import { zh } from "./zh/index.js";

/** Everything the desk says, in the language given; both languages are in the bundle, so a change is instant. */
export function startI18n(language: Language): i18n {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en, zh },
    ns: Object.keys(en),
    defaultNS: "app",
    interpolation: { escapeValue: false }, // React escapes
    initAsync: false,
    showSupportNotice: false,
  });
  return instance;
}
