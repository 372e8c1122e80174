import type { ChannelRef } from "@tocsin/protocol";
import { market, type Quote } from "@tocsin-example/alert-contract";
import { describe, expect, it } from "vitest";
import { createTableChannel } from "./table-channel.js";

const row = (symbol: string) => ({ symbol }) as Quote;

function setUp() {
  const said: string[] = [];
  const state = { broken: false };
  const done = (what: string) => {
    if (state.broken) throw new Error("no hub");
    said.push(what);
    return { epoch: "e", offset: said.length, duplicate: false };
  };
  const table = createTableChannel<Quote>(
    {
      publish: async (_ref: ChannelRef, data: unknown) => done(`+${(data as Quote).symbol}`),
      remove: async (_ref: ChannelRef, key: string | number) => done(`-${key}`),
    },
    market.board({ board: "all" }),
  );
  const rows = (...quotes: Quote[]) => new Map(quotes.map((quote) => [quote.symbol, quote]));
  return { said, state, table, rows };
}

describe("createTableChannel", () => {
  it("publishes what is new or another object, removes what is gone, and leaves the rest alone", async () => {
    const { table, rows, said } = setUp();
    const [a, b, c] = [row("A"), row("B"), row("C")];
    await table.sync(rows(a, b));
    await table.sync(rows(a, b));
    await table.sync(rows(a, row("B"), c));
    await table.sync(rows(c));
    expect(said).toEqual(["+A", "+B", "+B", "+C", "-A", "-B"]);
  });

  it("tries again what could not be published or removed", async () => {
    const { table, rows, said, state } = setUp();
    const [a, b] = [row("A"), row("B")];
    await table.sync(rows(a));
    state.broken = true;
    await expect(table.sync(rows(b))).rejects.toThrow("no hub");
    state.broken = false;
    await table.sync(rows(b));
    expect(said).toEqual(["+A", "-A", "+B"]);
  });

  it("publishes again what it is told to push", async () => {
    const { table, rows, said } = setUp();
    const a = row("A");
    await table.sync(rows(a));
    await table.push(rows(a));
    await table.sync(rows(a));
    expect(said).toEqual(["+A", "+A"]);
  });
});
