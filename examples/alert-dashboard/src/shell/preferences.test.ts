import { expect, test } from "vitest";
import { parsePreferences } from "./preferences.js";

test("sound and notifications are off until somebody asks for them", () => {
  const quiet = { sound: false, notify: false, minSeverity: "info" };
  expect(parsePreferences(null)).toEqual(quiet);
  expect(parsePreferences("{not json")).toEqual(quiet);
});

test("what was chosen stays, even beside something nobody can read", () => {
  expect(parsePreferences('{"sound":true,"minSeverity":"loud"}')).toEqual({
    sound: true,
    notify: false,
    minSeverity: "info",
  });
});
