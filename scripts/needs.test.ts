import { expect, test } from "vitest";
import { findRedis } from "./lib/needs.mjs";

test("a Redis that was put elsewhere is found where the environment says", () => {
  const before = process.env.REDIS_SERVER_PATH;
  process.env.REDIS_SERVER_PATH = process.execPath; // any file that is there
  try {
    expect(findRedis()).toBe(process.execPath);
  } finally {
    if (before === undefined) delete process.env.REDIS_SERVER_PATH;
    else process.env.REDIS_SERVER_PATH = before;
  }
});
