import { expect, test } from "vitest";
import { pickLanguage } from "./language.js";

test("a choice made before wins over the browser", () => {
  expect(pickLanguage("zh", ["en-GB"])).toBe("zh");
});

test("without a choice the browser's first language that is spoken here is taken", () => {
  expect(pickLanguage(null, ["fr-FR", "zh-TW", "en"])).toBe("zh");
});

test("a choice nobody offers and languages nobody speaks here end in English", () => {
  expect(pickLanguage("xx", ["fr"])).toBe("en");
  expect(pickLanguage("toString", [])).toBe("en");
});
