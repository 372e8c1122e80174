import { describe, expect, it } from "vitest";
import { silentLogger } from "../logger.js";
import { fakeClock } from "../testing/fake-clock.js";
import { createRejections, type Rejection } from "./rejections.js";

function setUp() {
  const lines: [level: string, fields: object][] = [];
  const clock = fakeClock();
  const logger = {
    ...silentLogger,
    info: (fields: object) => void lines.push(["info", fields]),
    warn: (fields: object) => void lines.push(["warn", fields]),
    error: (fields: object) => void lines.push(["error", fields]),
  };
  return { lines, clock, rejections: createRejections(logger, clock) };
}

const forbidden: Rejection = { stage: "message", reason: "forbidden" };

describe("rejections", () => {
  it("are counted by stage and reason, and told in one line each", () => {
    const { rejections, lines } = setUp();
    rejections.reject(forbidden);
    rejections.reject({ stage: "auth", reason: "late", code: 4501 });
    rejections.reject({ stage: "upgrade", reason: "hook-failed", code: 503, err: new Error("x") });
    expect(rejections.counts()).toEqual({
      message: { forbidden: 1 },
      auth: { late: 1 },
      upgrade: { "hook-failed": 1 },
    });
    expect(lines).toEqual([
      ["info", forbidden],
      ["warn", { stage: "auth", reason: "late", code: 4501 }],
      ["error", expect.objectContaining({ reason: "hook-failed", err: expect.any(Error) })],
    ]);
  });

  it("are warned of when an upgrade was refused, even where nobody knows the status", () => {
    const { rejections, lines } = setUp();
    rejections.reject({ stage: "upgrade", reason: "bad-head" });
    expect(lines).toEqual([["warn", { stage: "upgrade", reason: "bad-head" }]]);
  });

  it("that flood are all counted; the log has ten lines, then one a second that says what was left out", () => {
    const { rejections, lines, clock } = setUp();
    for (let n = 0; n < 1_000; n += 1) rejections.reject(forbidden);
    expect(lines).toHaveLength(10);
    clock.advance(1_000);
    for (let n = 0; n < 1_000; n += 1) rejections.reject(forbidden);
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toEqual(["info", { ...forbidden, unlogged: 990 }]);
    expect(rejections.counts()).toEqual({ message: { forbidden: 2_000 } });
  });

  it("that flood do not hide those for another reason", () => {
    const { rejections, lines } = setUp();
    for (let n = 0; n < 1_000; n += 1) rejections.reject(forbidden);
    rejections.reject({ stage: "message", reason: "malformed" });
    expect(lines.at(-1)).toEqual(["info", { stage: "message", reason: "malformed" }]);
  });
});
