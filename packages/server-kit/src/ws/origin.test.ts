import { describe, expect, it } from "vitest";
import { originAllowed } from "./origin.js";

describe("the origin of an upgrade", () => {
  it("may be absent: no page sent it, and authentication decides", () => {
    expect(originAllowed(undefined, "shop.example", [])).toBe(true);
  });

  it("must by default be that of the server itself", () => {
    expect(originAllowed("https://shop.example", "shop.example", "same-host")).toBe(true);
    expect(originAllowed("http://localhost:8080", "localhost:8080", "same-host")).toBe(true);
    expect(originAllowed("http://localhost:8081", "localhost:8080", "same-host")).toBe(false);
    expect(originAllowed("https://evil.example", "shop.example", "same-host")).toBe(false); // A1
  });

  it("is refused when it is null, as that of a sandboxed frame (A2)", () => {
    expect(originAllowed("null", "shop.example", "same-host")).toBe(false);
    expect(originAllowed("null", "shop.example", ["null"])).toBe(false);
  });

  it("is compared whole: neither ends nor wildcards match (A3)", () => {
    const allowed = ["https://shop.example"];
    for (const lookalike of [
      "https://evil-shop.example",
      "https://shop.example.evil.example",
      "http://shop.example",
      "https://shop.example:8443",
      "https://*.example",
    ]) {
      expect(originAllowed(lookalike, "any", allowed)).toBe(false);
    }
    expect(originAllowed("https://shop.example", "any", allowed)).toBe(true);
  });
});
