import { describe, expect, it } from "vitest";
import { field, loadOf, residentBytes, runNs } from "./process-load.js";

describe("the load of a process", () => {
  it("is read from what Linux says of a thread", () => {
    expect(runNs("7536012 349923 17\n")).toBe(7_536_012);
    expect(field("rchar: 6976\nwchar: 1\nsyscw: 42\n", "syscw")).toBe(42);
    expect(field("Name:\tnode\nVmRSS:\t   45212 kB\n", "VmRSS")).toBe(45_212);
    expect(field("rchar: 6976\n", "syscw")).toBeUndefined();
  });

  it("grows with what this process does", () => {
    const before = loadOf(process.pid).cpuUs;
    let sum = 0;
    for (let n = 0; n < 5e6; n++) sum += Math.sqrt(n);
    expect(sum).toBeGreaterThan(0);
    expect(loadOf(process.pid).cpuUs).toBeGreaterThan(before);
    expect(residentBytes(process.pid)).toBeGreaterThan(1e6);
  });
});
