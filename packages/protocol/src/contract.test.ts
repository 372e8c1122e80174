import { describe, expect, it } from "vitest";
import { z } from "zod";
import { latest, log, signal, table } from "./channel.js";
import { defineContract, definition, method } from "./contract.js";
import { AddressError, ContractError } from "./errors.js";

const price = z.object({ price: z.number() });
const row = z.object({ symbol: z.string(), price: z.number() });

const market = defineContract({
  channels: {
    price: latest("stock:{code}", price),
    board: table("board:{name}", row, { key: "symbol", presence: true }),
    alerts: log("alerts:{userId}", price, { history: { size: 5, ttl: "7d" } }),
    chat: log("chat:{room}", z.string()),
    task: signal("task:{id}:progress", z.number(), { params: z.object({ every: z.number() }) }),
    news: latest("news", z.string()),
  },
  methods: { ack: method({ input: z.string(), output: z.void() }) },
});

describe("the channels of a contract", () => {
  it("know their mode and what is theirs: key, retention, params, presence", () => {
    const { channels } = market[definition];
    expect(channels.price).toMatchObject({ mode: "latest", presence: false });
    expect(channels.board).toMatchObject({ mode: "table", key: "symbol", presence: true });
    expect(channels.alerts.retention).toEqual({ size: 5, ttlMs: 604_800_000 });
    expect(channels.chat.retention).toEqual({ size: 1_000, ttlMs: 86_400_000 });
    expect(channels.task).toMatchObject({ mode: "signal", retention: undefined });
    expect(channels.task.params).toBeDefined();
    expect(channels.price.params).toBeUndefined();
  });

  it.each([-1, 1.5, Number.NaN])("refuse a log that keeps %d events", (size) => {
    expect(() => log("a:{b}", price, { history: { size } })).toThrow(ContractError);
    expect(() => log("a:{b}", price, { history: { size } })).toThrow(/"a:\{b\}": history\.size/);
  });

  it("refuse a log whose time to live nobody can read", () => {
    const ttl = "a week" as "7d";
    expect(() => log("a:{b}", price, { history: { ttl } })).toThrow(/must look like/);
  });
});

describe("a ref", () => {
  it("carries address, mode, definition and the parameters as text", () => {
    expect(market.price({ code: 600519 })).toEqual({
      name: "stock:600519",
      mode: "latest",
      def: market[definition].channels.price,
      params: { code: "600519" },
    });
    expect(market.task({ id: "a/b" }).name).toBe("task:a%2Fb:progress");
    expect(market.news().name).toBe("news");
  });

  it("cannot be made without its parameters, whatever the types were told", () => {
    const careless: (params?: object) => unknown = market.price as () => unknown;
    expect(() => careless()).toThrow(AddressError);
  });
});

describe("resolving an address", () => {
  const { resolve } = market[definition];

  it("finds the channel and its decoded parameters", () => {
    expect(resolve("task:a%2Fb:progress")).toEqual(market.task({ id: "a/b" }));
    expect(resolve("news")).toEqual(market.news());
  });

  it.each([
    ["an unknown namespace", "bond:1"],
    ["parts that do not fit", "stock"],
    ["another literal", "task:1:result"],
    ["a template instead of an address", "stock:{code}"],
    ["the name of a channel instead of its address", "price"],
    ["__proto__ (A33)", "__proto__"],
    ["constructor:x (A33)", "constructor:x"],
    ["nothing", ""],
  ])("finds nothing for %s", (_name, address) => {
    expect(resolve(address)).toBeUndefined();
  });

  it("takes __proto__ for a parameter like any other (A33)", () => {
    expect(resolve("stock:__proto__")?.params).toEqual({ code: "__proto__" });
  });
});

describe("a contract", () => {
  it.each([
    ["the same template", "a:{x}", "a:{x}"],
    ["other names for the parameters", "a:{x}", "a:{y}"],
    ["a literal where the other has a parameter", "a:{x}", "a:all"],
    ["crossed literals", "a:{x}:b", "a:c:{y}"],
  ])("refuses two channels with %s: one address would be both", (_name, one, other) => {
    const define = () =>
      defineContract({ channels: { one: latest(one, price), other: log(other, price) } });
    expect(define).toThrow(ContractError);
    expect(define).toThrow(`"${one}" and "${other}" can have the same address`);
  });

  it("lets channels share a namespace when a literal or the length tells them apart", () => {
    const { resolve } = defineContract({
      channels: {
        one: latest("a:x:{p}", price),
        other: latest("a:y:{p}", price),
        short: latest("a:{p}", price),
      },
    })[definition];
    expect(resolve("a:x:1")?.def.template.source).toBe("a:x:{p}");
    expect(resolve("a:y:1")?.def.template.source).toBe("a:y:{p}");
    expect(resolve("a:x")?.def.template.source).toBe("a:{p}");
  });

  it("may name channels and methods as it likes, __proto__ included (A33)", () => {
    const odd = defineContract({ channels: { ["__proto__"]: latest("p:{x}", price) } });
    expect(Object.hasOwn(odd, "__proto__")).toBe(true);
    expect(odd[definition].resolve("p:1")?.name).toBe("p:1");
  });

  it("cannot be changed once it is defined", () => {
    expect(Object.isFrozen(market)).toBe(true);
    expect(market[definition].methods.ack).toBeDefined();
  });
});
