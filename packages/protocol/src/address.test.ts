import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, matchAddress, parseTemplate } from "./address.js";
import { AddressError, ContractError } from "./errors.js";
import { MAX_CHANNEL_BYTES } from "./limits.js";

const stock = parseTemplate("stock:{code}");

describe("a template", () => {
  it("is literal parts and named parameters", () => {
    expect(parseTemplate("room:{id}:v1").parts).toEqual([
      { literal: "room" },
      { param: "id" },
      { literal: "v1" },
    ]);
  });

  it.each([
    ["nothing", ""],
    ["an empty part", "stock:"],
    ["a parameter for a namespace", "{kind}:x"],
    ["a parameter twice", "pair:{a}:{a}"],
    ["a parameter beside text", "stock:x{code}"],
    ["a nameless parameter", "stock:{}"],
    ["a parameter that starts with a digit", "stock:{1}"],
    ["a wildcard (A37)", "stock:*"],
    ["percent signs", "stock:a%20b"],
    ["a space", "stock: x"],
    ["a line feed at the end", "stock\n"],
    ["letters beyond ASCII", "börse:{code}"],
  ])("refuses %s", (_name, source) => {
    expect(() => parseTemplate(source)).toThrow(ContractError);
  });

  it("says which part is wrong and what would be right", () => {
    expect(() => parseTemplate("stock:{code}:a b")).toThrow(
      /"stock:\{code\}:a b": part 3 \("a b"\) must be letters, digits or _\.~-/,
    );
  });
});

describe("an address", () => {
  it("percent-encodes each value, so that a colon in it does not make a part", () => {
    expect(formatAddress(stock, { code: "BRK:B/é" })).toBe("stock:BRK%3AB%2F%C3%A9");
    expect(formatAddress(parseTemplate("a:{x}:{y}"), { x: 7, y: "!*'()~" })).toBe(
      "a:7:%21%2A%27%28%29~",
    );
  });

  it("gives back what was put in, for any text that has a UTF-8 form", () => {
    const template = parseTemplate("a:{x}:lit:{y}");
    const value = fc.string({ unit: "binary", minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(value, value, (x, y) => {
        const address = formatAddress(template, { x, y });
        expect(address).toMatch(/^[\x21-\x7e]+$/);
        expect(matchAddress(template, address)).toEqual({ x, y });
      }),
    );
  });

  it("keeps __proto__ and constructor as plain names (A33)", () => {
    for (const code of ["__proto__", "constructor", "hasOwnProperty"]) {
      expect(matchAddress(stock, formatAddress(stock, { code }))).toEqual({ code });
    }
    const odd = parseTemplate("x:{__proto__}");
    expect(() => formatAddress(odd, {})).toThrow(AddressError);
    const params = matchAddress(odd, "x:7") ?? {};
    expect(Object.entries(params)).toEqual([["__proto__", "7"]]);
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
  });

  it.each([
    ["missing", {}],
    ["inherited", Object.create({ code: "x" })],
    ["empty", { code: "" }],
    ["not a number", { code: Number.NaN }],
    ["infinite", { code: Number.POSITIVE_INFINITY }],
    ["a lone surrogate", { code: "\ud800" }],
  ])("refuses a value that is %s, naming the parameter", (_name, params) => {
    expect(() => formatAddress(stock, params)).toThrow(AddressError);
    expect(() => formatAddress(stock, params)).toThrow(
      /"stock:\{code\}": parameter "code" must be/,
    );
  });

  it("is at most 255 bytes long (A34)", () => {
    const longest = "x".repeat(MAX_CHANNEL_BYTES - "stock:".length);
    expect(formatAddress(stock, { code: longest })).toHaveLength(MAX_CHANNEL_BYTES);
    expect(() => formatAddress(stock, { code: `${longest}x` })).toThrow(
      /the address is 256 bytes, at most 255 are allowed/,
    );
    expect(matchAddress(stock, `stock:${longest}`)).toEqual({ code: longest });
    expect(matchAddress(stock, `stock:${longest}x`)).toBeUndefined();
  });
});

describe("reading an address", () => {
  it.each([
    ["lower-case escapes", "stock:a%2fb"],
    ["an escape of a letter", "stock:%41"],
    ["a raw reserved character", "stock:a/b"],
    ["a raw space", "stock:a b"],
    ["a plus for a space (it is a plus, and must be escaped)", "stock:a+b"],
    ["raw letters beyond ASCII", "stock:é"],
    ["a control character (A34)", "stock:a\u0000"],
    ["a line feed", "stock:a\n"],
    ["half an escape", "stock:a%2"],
    ["bytes that are not UTF-8", "stock:%FF"],
    ["an over-long UTF-8 form", "stock:%C0%AF"],
    ["a surrogate written as UTF-8", "stock:%ED%A0%80"],
    ["an empty part", "stock:"],
    ["too few parts", "stock"],
    ["too many parts", "stock:a:b"],
    ["another namespace", "Stock:a"],
  ])("refuses %s: a channel has one spelling", (_name, address) => {
    expect(matchAddress(stock, address)).toBeUndefined();
  });

  it("takes stars for neither a pattern nor a name: a pattern never gets in (A37)", () => {
    expect(matchAddress(stock, `stock:${"*".repeat(30)}x`)).toBeUndefined();
    expect(matchAddress(stock, "stock:%2A")).toEqual({ code: "*" });
  });

  it("accepts nothing but what formatting yields, whatever is sent", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const params = matchAddress(stock, `stock:${text}`);
        if (params) expect(formatAddress(stock, params)).toBe(`stock:${text}`);
      }),
    );
  });
});
