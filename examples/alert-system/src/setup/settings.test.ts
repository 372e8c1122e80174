import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
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
      databaseUrl: undefined,
      source: "replay",
      stressSymbols: 0,
      privateWebhooks: false,
      smtpUrl: undefined,
      operators: ["demo"],
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

  it("takes a database server, a mail server, live prices and who operates", () => {
    const env = {
      DATABASE_URL: "postgresql://u:p@db/tocsin",
      SMTP_URL: "smtp://mail:25",
      SOURCE: "live",
      WEBHOOKS: "private",
      STRESS_SYMBOLS: "500",
      OPERATORS: "ada, bob",
    };
    expect(readSettings(env)).toMatchObject({
      databaseUrl: env.DATABASE_URL,
      smtpUrl: env.SMTP_URL,
      source: "live",
      privateWebhooks: true,
      stressSymbols: 500,
      operators: ["ada", "bob"],
    });
  });

  it.each([
    ["PORT", "eighty", /PORT is wrong: must be a number from 0 to 65535. It is "eighty"/],
    ["PORT", "70000", /PORT is wrong: must be a number from 0 to 65535/],
    ["PORT", "1.5", /PORT is wrong: must be a whole number/],
    ["SPEED", "0", /SPEED is wrong: must be a number from 1 to 1000000/],
    ["LOG_LEVEL", "loud", /LOG_LEVEL is wrong/],
    ["SOURCE", "dream", /SOURCE is wrong: must be replay or live/],
    ["STRESS_SYMBOLS", "1e9", /STRESS_SYMBOLS is wrong: must be a number from 0 to 2000/],
    ["OPERATORS", "Ada Lovelace", /OPERATORS is wrong: must be names of users/],
  ])("refuses %s=%s and says what it may be", (name, value, message) => {
    expect(() => readSettings({ [name]: value })).toThrow(StartupError);
    expect(() => readSettings({ [name]: value })).toThrow(message);
  });

  it("does not repeat what holds a password", () => {
    for (const name of ["DATABASE_URL", "SMTP_URL"]) {
      const env = { [name]: "mysql://somebody:hunter2@db/tocsin" };
      expect(() => readSettings(env)).toThrow(new RegExp(`${name} is wrong: must be a URL`));
      expect(() => readSettings(env)).not.toThrow(/hunter2/);
    }
  });

  it("does not repeat a secret that is too short", () => {
    expect(() => readSettings({ JWT_SECRET: "hunter2" })).toThrow(/at least 32 characters/);
    expect(() => readSettings({ JWT_SECRET: "hunter2" })).not.toThrow(/hunter2/);
  });
});

describe("banner", () => {
  const here = mkdtempSync(join(tmpdir(), "tocsin-desk-"));
  afterAll(() => rmSync(here, { recursive: true }));
  const settings = readSettings({ SPEED: "46800", DASHBOARD: here });
  const address = "http://127.0.0.1:3000";

  it("says how to build the dashboard when it is missing", () => {
    const text = banner({ address, settings });
    expect(text).toContain("npm run build -w examples/alert-dashboard");
  });

  it("says where to look, how fast the market goes and what is real", () => {
    writeFileSync(join(here, "index.html"), "");
    const text = banner({ address, settings });
    expect(text).toMatch(/Open +http:\/\/127.0.0.1:3000\n/);
    expect(text).toContain("a market day in 0.5 s");
    expect(text).toContain("SIM symbols: made up");
    expect(text).not.toContain("not built");
  });

  it("says nothing of a speed that live prices do not have", () => {
    const text = banner({ address, settings: { ...settings, source: "live" } });
    expect(text).toContain("live, from Deribit and Binance");
    expect(text).not.toContain("times real time");
  });
});
