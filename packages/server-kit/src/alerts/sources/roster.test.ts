import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakeClock } from "../../testing/fake-clock.js";
import { createRoster } from "./roster.js";

function setUp({ batch = 2, most = 10 } = {}) {
  const clock = fakeClock();
  const asked: string[] = [];
  const roster = createRoster({
    clock,
    batch,
    most,
    paceMs: 100,
    possible: (symbol) => symbol !== "",
    ask: (verb, symbols) => asked.push(`${verb} ${symbols.join()}`),
  });
  return { clock, roster, asked };
}

describe("createRoster", () => {
  it("asks for nothing before there is a connection, then in batches and no faster than allowed", () => {
    const { clock, roster, asked } = setUp();
    roster.add(["A", "B", "C"]);
    expect(asked).toEqual([]);
    roster.opened();
    expect(asked).toEqual(["subscribe A,B"]);
    clock.advance(99);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(asked).toEqual(["subscribe A,B", "subscribe C"]);
    clock.advance(1_000);
    expect(asked).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it("asks for all of it again on the next connection", () => {
    const { clock, roster, asked } = setUp();
    roster.add(["A"]);
    roster.opened();
    roster.lost();
    clock.advance(1_000);
    roster.opened();
    expect(asked).toEqual(["subscribe A", "subscribe A"]);
  });

  it("lets a symbol go when nobody wants it any more", () => {
    const { clock, roster, asked } = setUp();
    expect(roster.add(["A", "A"])).toEqual(["A"]);
    roster.opened();
    expect(roster.remove(["A", "none"])).toEqual([]);
    clock.advance(100);
    expect(asked).toEqual(["subscribe A"]);
    expect(roster.remove(["A"])).toEqual(["A"]);
    expect(asked).toEqual(["subscribe A", "unsubscribe A"]);
    expect(roster.has("A")).toBe(false);
  });

  it("says nothing of a symbol that was unwatched and watched again in time", () => {
    const { clock, roster, asked } = setUp();
    roster.opened();
    roster.add(["A"]);
    roster.remove(["A"]);
    roster.add(["A"]);
    clock.advance(1_000);
    expect(asked).toEqual(["subscribe A"]);
  });

  it("finds the one a venue refuses by asking for each alone, and gives it up", () => {
    const { clock, roster, asked } = setUp();
    roster.add(["A", "bad"]);
    roster.opened();
    roster.refused(["A", "bad"]);
    clock.advance(100);
    clock.advance(100);
    roster.refused(["bad"]);
    clock.advance(1_000);
    expect(asked.slice(1)).toEqual(["subscribe A", "subscribe bad"]);
    expect(roster.asked()).toEqual(["A"]);
  });

  it("asks again later when told to, and for nothing else before", () => {
    const { clock, roster, asked } = setUp();
    roster.add(["A"]);
    roster.opened();
    roster.later(["A"], 5_000);
    roster.add(["B"]);
    clock.advance(4_999);
    expect(asked).toEqual(["subscribe A"]);
    clock.advance(1);
    expect(asked).toEqual(["subscribe A", "subscribe A,B"]);
  });

  it("asks for no more than fit, and never for what cannot be", () => {
    const { clock, roster, asked } = setUp({ batch: 5, most: 2 });
    roster.add(["", "A", "B", "C"]);
    roster.opened();
    clock.advance(1_000);
    roster.remove(["A"]);
    clock.advance(1_000);
    expect(asked).toEqual(["subscribe A,B", "unsubscribe A", "subscribe C"]);
  });

  it("brings the venue to what is wanted, whatever was added, removed, lost or opened", () => {
    const symbols = fc.array(fc.constantFrom("A", "B", "C", "D"), { maxLength: 5 });
    const step = fc.record({
      verb: fc.constantFrom("add", "remove", "lost", "opened", "wait"),
      symbols,
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = fakeClock();
        const wanted = new Map<string, number>();
        let there = new Set<string>();
        const roster = createRoster({
          ...{ clock, batch: 3, most: 10, paceMs: 100, possible: () => true },
          ask(verb, all) {
            for (const symbol of all) {
              if (verb === "subscribe") there.add(symbol);
              else there.delete(symbol);
            }
          },
        });
        for (const { verb, symbols: some } of steps) {
          if (verb === "wait") clock.advance(50);
          else if (verb === "lost") roster.lost();
          else if (verb === "opened") {
            roster.lost();
            there = new Set();
            roster.opened();
          } else {
            roster[verb as "add" | "remove"](some);
            for (const symbol of some) {
              const count = (wanted.get(symbol) ?? 0) + (verb === "add" ? 1 : -1);
              wanted.set(symbol, Math.max(count, 0));
            }
          }
        }
        roster.lost();
        there = new Set();
        roster.opened();
        clock.advance(10_000);
        const expected = [...wanted].flatMap(([symbol, count]) => (count > 0 ? [symbol] : []));
        expect([...there].sort()).toEqual(expected.sort());
      }),
    );
  });
});
