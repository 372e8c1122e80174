import { expect, it } from "vitest";
import { loggedPath } from "./logged-path.js";

const dialects = [{ path: "/ws/market" }, { path: "/ws/realtime/{token}" }];

it.each([
  ["/ws/market", "/ws/market"],
  ["/api/symbols?board=all&token=secret", "/api/symbols"],
  ["/ws/realtime/secret", "/ws/realtime/{token}"],
  ["/ws/realtime/secret?x=y", "/ws/realtime/{token}"],
  ["/ws/realtime/secret/more", "/ws/realtime/{token}"],
  ["/ws/realtime/", "/ws/realtime/"],
  ["/ws/realtime", "/ws/realtime"],
])("%s is logged as %s", (url, logged) => {
  expect(loggedPath(url, dialects)).toBe(logged);
});
