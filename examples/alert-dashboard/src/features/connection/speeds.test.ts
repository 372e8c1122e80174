import { expect, test } from "vitest";
import { speedChoices } from "./speeds.js";

test("the usual speeds are offered, slowest first", () => {
  expect(speedChoices(23_400).map(({ label }) => label)).toEqual([
    "1×",
    "1 h/s",
    "1 day/s",
    "5 days/s",
  ]);
});

test("a speed set elsewhere is offered in its place", () => {
  expect(speedChoices(7_200).map(({ value }) => value)).toEqual([
    "1",
    "3600",
    "7200",
    "23400",
    "117000",
  ]);
});
