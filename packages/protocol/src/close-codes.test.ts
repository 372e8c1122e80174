import { expect, it } from "vitest";
import { CloseCode } from "./close-codes.js";

const codes = Object.values(CloseCode);

it("uses each number once", () => {
  expect(new Set(codes).size).toBe(codes.length);
});

it("uses of the numbers below 4000 only those that RFC 6455 lets an endpoint send", () => {
  const reserved = [1004, 1005, 1006, 1015]; // never in a close frame
  for (const code of codes.filter((code) => code < 4000)) {
    expect(code).toBeGreaterThanOrEqual(1000);
    expect(code).toBeLessThanOrEqual(1013);
    expect(reserved).not.toContain(code);
  }
});

it("puts what passes into 4000 to 4499: the client comes back", () => {
  const passing = [
    CloseCode.HeartbeatTimeout,
    CloseCode.TokenExpired,
    CloseCode.SlowConsumer,
    CloseCode.RateLimited,
  ];
  expect(codes.filter((code) => code >= 4000 && code < 4500)).toEqual(passing);
});

it("puts what does not pass by itself into 4500 to 4999: the client stays away (A13 to A23)", () => {
  const lasting = [CloseCode.BadRequest, CloseCode.Unauthorized, CloseCode.Forbidden];
  expect(codes.filter((code) => code >= 4500)).toEqual(lasting);
  expect(codes.every((code) => code < 5000)).toBe(true);
});
