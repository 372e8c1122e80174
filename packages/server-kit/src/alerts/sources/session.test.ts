import { describe, expect, it } from "vitest";
import { tradingTime } from "./session.js";

describe("tradingTime", () => {
  const passed = tradingTime([
    { open: 100, close: 110 },
    { open: 200, close: 230 },
  ]);

  it.each([
    ["before the first session", 0, 0],
    ["at the opening", 100, 0],
    ["within a session", 104, 4],
    ["at the close", 110, 10],
    ["between sessions", 150, 10],
    ["at the next opening, no later than at the close", 200, 10],
    ["within the next session", 215, 25],
    ["after the last session", 999, 40],
  ])("counts open hours only: %s", (_, at, expected) => {
    expect(passed(at)).toBe(expected);
  });

  it("counts nothing where there are no sessions", () => {
    expect(tradingTime([])(5)).toBe(0);
  });
});
