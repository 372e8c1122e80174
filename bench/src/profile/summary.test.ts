import { describe, expect, it } from "vitest";
import { type CpuProfile, partOf, sideBySide, summarise } from "./summary.js";

const frame = (functionName: string, url = "") => ({
  functionName,
  url,
  lineNumber: 0,
  columnNumber: 0,
});
const unmapped = () => undefined;

describe("a part of the server", () => {
  it("is told from where its functions stand", () => {
    const parts = [
      frame("(garbage collector)"),
      frame("writeBuffer"),
      frame("concat"),
      frame("Socket._write", "node:net"),
      frame("send", "file:///a/node_modules/ws/lib/sender.js"),
      frame("$ZodObject", "file:///a/node_modules/@scope/lib/index.js"),
      frame("publishAll", "file:///a/bench/src/publishing.ts"),
      frame("spread", "file:///a/packages/server-kit/src/outbound/fan-out.ts"),
    ].map((one) => partOf(one, unmapped));
    expect(parts).toEqual([
      "garbage collection",
      "writes: system calls",
      "engine built-ins",
      "Node: streams, sockets, timers",
      "library: ws",
      "library: @scope/lib",
      "the bench itself",
      "server-kit: outbound/",
    ]);
  });

  it("is looked up through the source map of a built file", () => {
    const built = frame("a", "file:///a/packages/server-kit/dist/index.js");
    expect(partOf(built, () => "/a/packages/server-kit/src/connection/outbox.ts")).toBe(
      "server-kit: connection/",
    );
    expect(partOf(built, unmapped)).toBe("server-kit: other");
  });
});

describe("a summary", () => {
  const profile: CpuProfile = {
    nodes: [
      { id: 1, callFrame: frame("(idle)") },
      { id: 2, callFrame: frame("writeBuffer") },
      { id: 3, callFrame: frame("a", "node:net") },
      { id: 4, callFrame: frame("b", "node:stream") },
    ],
    samples: [1, 2, 3, 4, 2, 1],
    timeDeltas: [1_000, 300, 50, 50, 100, 9_000],
  };

  it("adds up the time of each part, and leaves out what was idle", () => {
    expect(summarise(profile, unmapped)).toEqual([
      { part: "writes: system calls", share: 0.8 },
      { part: "Node: streams, sockets, timers", share: 0.2 },
    ]);
  });

  it("stands beside others, the small parts in one line", () => {
    const other = [
      { part: "writes: system calls", share: 0.5 },
      { part: "c", share: 0.46 },
      { part: "d", share: 0.03 },
      { part: "e", share: 0.01 },
    ];
    const rows = sideBySide([summarise(profile, unmapped), other], 0.1);
    expect(rows.map(({ part }) => part)).toEqual([
      "writes: system calls",
      "c",
      "Node: streams, sockets, timers",
      "everything else",
    ]);
    expect(rows.at(-1)?.shares).toEqual([0, expect.closeTo(0.04)]);
  });
});
