import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type ChannelRef,
  defineContract,
  type definition,
  latest,
  log,
  type MethodInput,
  type MethodOutput,
  type MethodsOf,
  type ModeOf,
  method,
  type OutputOf,
  type PayloadInputOf,
  type PayloadOf,
  signal,
  table,
} from "./index.js";

const quote = z.object({ price: z.coerce.number<string>(), note: z.string().default("") });
const row = z.object({
  symbol: z.string(),
  strike: z.number(),
  live: z.boolean(),
  tags: z.array(z.string()),
  alias: z.string().optional(),
});

const market = defineContract({
  channels: {
    price: latest("stock:{code}", quote),
    chain: table("chain:{underlying}:{expiry}", row, { key: "symbol" }),
    alerts: log("alerts:{userId}", z.string()),
    task: signal("task:{id}:progress", z.number()),
    news: latest("news", z.string()),
  },
  methods: {
    acknowledge: method({
      input: z.object({ id: z.string() }),
      output: z.object({ at: z.number() }),
    }),
  },
});

/** What a publisher, a reader and a caller look like to the compiler. */
declare function publish<Ref extends ChannelRef>(ref: Ref, data: PayloadInputOf<Ref["def"]>): void;
declare function read<Ref extends ChannelRef>(ref: Ref): PayloadOf<Ref["def"]>;
declare function call<M extends keyof MethodsOf<typeof market>>(
  name: M,
  input: MethodInput<MethodsOf<typeof market>[M]>,
): MethodOutput<MethodsOf<typeof market>[M]>;
declare function rowsOf<Ref extends ChannelRef>(
  ref: ModeOf<Ref> extends "table" ? Ref : never,
): void;

describe("a payload", () => {
  test("is what the schema hands out, for a reader", () => {
    expectTypeOf(read(market.price({ code: "1" }))).toEqualTypeOf<{
      price: number;
      note: string;
    }>();
    expectTypeOf(read(market.alerts({ userId: "u" }))).toEqualTypeOf<string>();
  });

  test("is what the schema takes, for a publisher", () => {
    publish(market.price({ code: "1" }), { price: "7.5" });
    publish(market.task({ id: 1 }), 0.5);
  });

  test("of the wrong type does not compile", () => {
    // @ts-expect-error the schema takes the price as text
    publish(market.price({ code: "1" }), { price: 7.5 });
    // @ts-expect-error a field is missing
    publish(market.price({ code: "1" }), {});
    // @ts-expect-error a task's progress is a number
    publish(market.task({ id: "1" }), "half");
    // @ts-expect-error a payload of another channel
    publish(market.news(), { price: "7.5" });
  });
});

describe("the parameters of an address", () => {
  test("are texts or numbers, all of them required", () => {
    market.chain({ underlying: "SPX", expiry: 20270115 });
    // @ts-expect-error expiry is missing
    market.chain({ underlying: "SPX" });
    // @ts-expect-error code is missing
    market.price({});
    // @ts-expect-error an address has parameters
    market.price();
    // @ts-expect-error there is no such parameter
    market.price({ code: "1", venue: "x" });
    // @ts-expect-error a parameter is no object
    market.price({ code: { id: 1 } });
  });

  test("are not asked for where the template has none", () => {
    expectTypeOf(market.news).parameters.toEqualTypeOf<[]>();
    // @ts-expect-error the address has no parameter
    market.news({ code: "1" });
  });
});

describe("a mode", () => {
  test("is part of the ref's type", () => {
    expectTypeOf(market.price({ code: "1" }).mode).toEqualTypeOf<"latest">();
    expectTypeOf(market.chain({ underlying: "1", expiry: 1 }).mode).toEqualTypeOf<"table">();
    expectTypeOf(market.alerts({ userId: "1" }).mode).toEqualTypeOf<"log">();
    expectTypeOf(market.task({ id: "1" }).mode).toEqualTypeOf<"signal">();
  });

  test("lets a function ask for refs of one mode", () => {
    rowsOf(market.chain({ underlying: "1", expiry: 1 }));
    // @ts-expect-error an alert inbox has no rows
    rowsOf(market.alerts({ userId: "1" }));
  });

  test("table: the key is a field that holds texts or numbers", () => {
    table("a", row, { key: "symbol" });
    table("a", row, { key: "strike" });
    // @ts-expect-error a row has no such field
    table("a", row, { key: "isin" });
    // @ts-expect-error a boolean tells two rows apart at most
    table("a", row, { key: "live" });
    // @ts-expect-error a list identifies nothing
    table("a", row, { key: "tags" });
    // @ts-expect-error a field that may be missing identifies nothing
    table("a", row, { key: "alias" });
    // @ts-expect-error a table without a key is none
    table("a", row);
    // @ts-expect-error a number has no fields
    table("a", z.number(), { key: "toFixed" });
  });

  test("log: only a log says how much it keeps", () => {
    log("a", row, { history: { size: 10, ttl: "7d" } });
    // @ts-expect-error nobody can read this duration
    log("a", row, { history: { ttl: "7 days" } });
    // @ts-expect-error a latest keeps one value
    latest("a", row, { history: { size: 10 } });
    // @ts-expect-error a signal keeps nothing
    signal("a", row, { history: { size: 10 } });
  });
});

describe("a contract", () => {
  test("has the channels it was given and no others", () => {
    // @ts-expect-error there is no such channel
    market.bonds;
  });

  test("types its methods by their schemas", () => {
    expectTypeOf(call("acknowledge", { id: "1" })).toEqualTypeOf<{ at: number }>();
    // @ts-expect-error there is no such method
    call("dismiss", { id: "1" });
    // @ts-expect-error the id is a text
    call("acknowledge", { id: 1 });
  });
});

test("a channel without params takes none, inside a contract as outside", () => {
  const quiet = defineContract({
    channels: { a: latest("a", z.string()), b: latest("b", z.string(), { params: z.number() }) },
  });
  type Channels = (typeof quiet)[typeof definition]["channels"];
  expectTypeOf<OutputOf<NonNullable<Channels["a"]["params"]>>>().toEqualTypeOf<never>();
  expectTypeOf<OutputOf<NonNullable<Channels["b"]["params"]>>>().toEqualTypeOf<number>();
});
