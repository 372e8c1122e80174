import { fakeClock } from "@tocsin/server-kit/testing";
import { describe, expect, it } from "vitest";
import { SIMULATED } from "../market/instruments.js";
import { addExampleMonitors } from "./example-monitors.js";

type Service = Parameters<typeof addExampleMonitors>[0];

/** Keeps what it is given; what a service does with monitors is tested elsewhere. */
function listening(marketTime: number | null) {
  const created: {
    readonly userId: string;
    readonly symbol: string;
    readonly kinds: readonly string[];
  }[] = [];
  const status = { running: false, speed: 1, ticks: 0, fired: 0, suppressed: 0, ended: false };
  const service: Service = {
    status: () => ({ ...status, marketTime }),
    async createMonitor(userId, input) {
      created.push({ userId, symbol: input.symbol, kinds: input.rules.map(({ kind }) => kind) });
      const at = fakeClock().now();
      return {
        ...input,
        id: String(created.length),
        userId,
        version: 1,
        createdAt: at,
        updatedAt: at,
      };
    },
  };
  return { service, created };
}

describe("example monitors", () => {
  it("are made on a server that has never run, for symbols there are, of every kind of rule", async () => {
    const { service, created } = listening(null);
    await addExampleMonitors(service, { lists: () => true });
    expect(created.length).toBeGreaterThan(4);
    expect(new Set(created.flatMap(({ kinds }) => kinds)).size).toBe(9);
    const symbols = ["SPX", ...SIMULATED.map(({ symbol }) => symbol)];
    for (const { userId, symbol } of created) {
      expect(userId).toBe("demo");
      expect(symbols).toContain(symbol);
    }
  });

  it("leave out symbols that are not listed, as on live prices", async () => {
    const { service, created } = listening(null);
    await addExampleMonitors(service, { lists: (symbol) => symbol === "SPX" });
    expect(new Set(created.map(({ symbol }) => symbol))).toEqual(new Set(["SPX"]));
  });

  it("do not come back on one that has run", async () => {
    const { service, created } = listening(1);
    await addExampleMonitors(service, { lists: () => true });
    expect(created).toEqual([]);
  });
});
