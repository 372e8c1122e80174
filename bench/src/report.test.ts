import { describe, expect, it } from "vitest";
import type { Measured } from "./bout.js";
import {
  fanOutChecks,
  fanOutTable,
  figure,
  holds,
  ratioTo,
  tableText,
  worstChecks,
} from "./report.js";

function rounds(workload: string, subject: string, ...costs: number[]): Measured[] {
  return costs.map((cpuUsPerDelivery, round) => ({
    workload,
    subject,
    round,
    deliveries: 1_000,
    cpuUs: 1_000 * cpuUsPerDelivery,
    cpuUsPerDelivery,
    deliveriesPerSecond: 10_000,
    bytesPerDelivery: 204,
  }));
}

describe("the report of a workload", () => {
  const measured = [
    ...rounds("W1", "tocsin", 5, 10, 5),
    ...rounds("W1", "socket.io", 10, 18, 12),
    ...rounds("W1", "nats", 5, 5, 5),
  ];

  it("gives the median of the ratios of the rounds, and how far they lie apart", () => {
    expect(ratioTo(measured, "socket.io")).toEqual({ median: 2, min: 1.8, max: 2.4, rounds: 3 });
    const row = fanOutTable("W1", measured).rows.find(([name]) => name === "socket.io");
    expect(row?.slice(7)).toEqual(["2.00x", "1.80x", "2.40x", "1.50x"]);
  });

  it("has no ratio of ourselves, and no target where none was set", () => {
    const { rows } = fanOutTable("W1", measured);
    expect(rows.find(([name]) => name === "tocsin")?.slice(7)).toEqual(["", "", "", ""]);
    expect(rows.find(([name]) => name === "nats")?.at(-1)).toBe("");
  });

  it("holds the targets against what was reached", () => {
    const [check, ...others] = fanOutChecks("W1", measured);
    expect(check).toMatchObject({ what: "W1 against socket.io", reached: 2, must: 1.5 });
    expect(check && holds(check)).toBe(true);
    expect(others).toEqual([]);
  });

  it("takes the worst of all W3, whichever that is", () => {
    const of = (name: string, theirs: number) =>
      [name, [...rounds(name, "tocsin", 1), ...rounds(name, "socket.io", theirs)]] as const;
    const [check, ...others] = worstChecks(new Map([of("W1", 1), of("W3-5", 7), of("W3-50", 30)]));
    expect(check).toMatchObject({ reached: 7, must: 8, is: "at least" });
    expect(check?.what).toContain("W3-5");
    expect(check && holds(check)).toBe(false);
    expect(others).toEqual([]);
  });
});

describe("a target", () => {
  it("is met at its very figure, from either side", () => {
    expect(holds({ what: "", reached: 2, must: 2, is: "at least" })).toBe(true);
    expect(holds({ what: "", reached: 2, must: 2, is: "at most" })).toBe(true);
    expect(holds({ what: "", reached: 2.01, must: 2, is: "at most" })).toBe(false);
    expect(holds({ what: "", reached: Number.NaN, must: 2, is: "at most" })).toBe(false);
  });
});

describe("a printed table", () => {
  it("has figures under one another", () => {
    const text = tableText({
      head: ["a", "us"],
      rows: [
        ["long name", "1"],
        ["b", "100"],
      ],
    });
    expect(text.split("\n")).toEqual(["a           us", "long name    1", "b          100"]);
  });

  it("shows figures with three digits", () => {
    expect([0.03071, 1.234, 12.34, 123.4, 1_234, undefined].map(figure)).toEqual([
      "0.031",
      "1.23",
      "12.3",
      "123",
      "1,234",
      "-",
    ]);
  });
});
