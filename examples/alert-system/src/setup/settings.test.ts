import { describe, expect, it } from "vitest";
import { banner } from "./banner.js";
import { DEFAULT_SPEED, readSettings } from "./settings.js";
import { StartupError } from "./startup-error.js";

describe("readSettings", () => {
  it("needs nothing: this machine only, a market day in a second", () => {
    expect(readSettings({})).toMatchObject({
      port: 3_000,
      host: "127.0.0.1",
      speed: DEFAULT_SPEED,
      logLevel: "warn",
      jwtSecret: undefined,
    });
    expect(readSettings({ PORT: "" }).port).toBe(3_000);
  });

  it("takes what the environment says", () => {
    const secret = "x".repeat(32);
    const env = { PORT: "0", HOST: "::1", SPEED: "60", TOCSIN_DATA: "/d", JWT_SECRET: secret };
    expect(readSettings(env)).toMatchObject({
      port: 0,
      host: "::1",
      speed: 60,
      dataDirectory: "/d",
      jwtSecret: secret,
    });
  });

  it.each([
    ["PORT", "eighty", /PORT is wrong: must be a number from 0 to 65535. It is "eighty"/],
    ["PORT", "70000", /PORT is wrong: must be a number from 0 to 65535/],
    ["PORT", "1.5", /PORT is wrong: must be a whole number/],
    ["SPEED", "0", /SPEED is wrong: must be a number from 1 to 1000000/],
    ["LOG_LEVEL", "loud", /LOG_LEVEL is wrong/],
  ])("refuses %s=%s and says what it may be", (name, value, message) => {
    expect(() => readSettings({ [name]: value })).toThrow(StartupError);
    expect(() => readSettings({ [name]: value })).toThrow(message);
  });

  it("does not repeat a secret that is too short", () => {
    expect(() => readSettings({ JWT_SECRET: "hunter2" })).toThrow(/at least 32 characters/);
    expect(() => readSettings({ JWT_SECRET: "hunter2" })).not.toThrow(/hunter2/);
  });
});

describe("banner", () => {
  const settings = readSettings({ SPEED: "46800" });

  it("says where to look, how fast the market goes and what is real", () => {
    const text = banner({ address: "http://127.0.0.1:3000", settings, dashboard: true });
    expect(text).toMatch(/Open +http:\/\/127.0.0.1:3000\n/);
    expect(text).toContain("a market day in 0.5 s");
    expect(text).toContain("SIM symbols: made up");
    expect(text).not.toContain("not built");
  });

  it("says how to build the dashboard when it is missing", () => {
    const text = banner({ address: "http://127.0.0.1:3000", settings, dashboard: false });
    expect(text).toContain("npm run build -w examples/alert-dashboard");
  });
});
