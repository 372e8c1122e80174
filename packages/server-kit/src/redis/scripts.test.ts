import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisRefusedError, RedisTimeoutError, RedisUnavailableError } from "./errors.js";
import { type RedisScripts, script } from "./scripts.js";

/** A server that answers when the test says so. */
function slowServer() {
  const waiting: (() => void)[] = [];
  let sent = 0;
  const client: RedisScripts = {
    evalSha() {
      sent += 1;
      return new Promise((resolve) => waiting.push(() => resolve("late")));
    },
    eval: async () => "never asked",
  };
  return {
    client,
    sent: () => sent,
    answer: () => waiting.splice(0).forEach((resolve) => void resolve()),
  };
}

const failing = (message: string): RedisScripts => ({
  evalSha: () => Promise.reject(new Error(message)),
  eval: () => Promise.reject(new Error(message)),
});

describe("a script", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("is sent whole to a server that has not seen it", async () => {
    const client: RedisScripts = {
      evalSha: () => Promise.reject(new Error("NOSCRIPT No matching script.")),
      eval: async (text, input) => [text, input],
    };
    expect(await script(client, "return 1")(["k"], ["a"])).toEqual([
      "return 1",
      { keys: ["k"], arguments: ["a"] },
    ]);
  });

  it("is given up after its time, and not a millisecond before", async () => {
    const { client } = slowServer();
    const outcome = vi.fn();
    script(client, "x", { timeoutMs: 100 })([], []).catch(outcome);
    await vi.advanceTimersByTimeAsync(99);
    await turn();
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await turn();
    expect(outcome).toHaveBeenCalledWith(expect.any(RedisTimeoutError));
  });

  it("takes an answer that was there before it was given up, however late it is read", async () => {
    const { client, answer } = slowServer();
    const running = script(client, "x", { timeoutMs: 100 })([], []);
    vi.advanceTimersByTime(5_000);
    answer();
    expect(await running).toBe("late");
  });

  it("sends nothing more while 64 are overdue, and goes on when they are answered (F8)", async () => {
    const { client, sent, answer } = slowServer();
    const run = script(client, "x", { timeoutMs: 100 });
    const overdue = Array.from({ length: 64 }, () => run([], []).catch(() => "overdue"));
    await vi.advanceTimersByTimeAsync(100);
    await turn();
    expect(new Set(await Promise.all(overdue))).toEqual(new Set(["overdue"]));
    await expect(run([], [])).rejects.toThrow(/64 commands unanswered/);
    await expect(script(client, "another")([], [])).rejects.toThrow(RedisUnavailableError);
    expect(sent()).toBe(64);
    answer();
    await turn();
    const again = run([], []);
    answer();
    expect(await again).toBe("late");
  });

  it.each([
    ["ERR unknown command", RedisRefusedError, false],
    ["NOPERM no permissions", RedisRefusedError, false],
    ["OOM command not allowed", RedisUnavailableError, true],
    ["READONLY You can't write", RedisUnavailableError, true],
    ["Socket closed unexpectedly", RedisUnavailableError, true],
  ])("says of '%s' whether trying again may help", async (message, type, retryable) => {
    const failed = script(failing(message), "x")([], []);
    await expect(failed).rejects.toThrow(type);
    await expect(failed).rejects.toMatchObject({ retryable });
  });
});
