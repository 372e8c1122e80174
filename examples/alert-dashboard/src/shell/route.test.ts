import { expect, test } from "vitest";
import { hrefOf, PAGES, parseRoute } from "./route.js";

test.each(PAGES)("the address of %s leads back to it", (page) => {
  expect(parseRoute(hrefOf(page))).toEqual({ page, detail: undefined });
});

test("an id in the address survives whatever signs it has", () => {
  const id = "m1.stop loss/2%.1";
  expect(parseRoute(hrefOf("inbox", id))).toEqual({ page: "inbox", detail: id });
});

test("an address nobody made leads to the desk", () => {
  expect(parseRoute("").page).toBe("desk");
  expect(parseRoute("#/nothing/x")).toEqual({ page: "desk", detail: undefined });
  expect(parseRoute("#/inbox/%E0%A4%A").detail).toBe("%E0%A4%A");
});
