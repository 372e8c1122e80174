import { alertNotification } from "@tocsin/protocol/alerts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPEN, SERVERS, startServer, TAKE_PROFIT, type TestServer } from "./support.js";

describe.each(SERVERS)("on %s", (name) => {
  let server: TestServer;
  let token: string;
  let other: string;

  beforeAll(async () => {
    server = await startServer(name, { prices: [100, 104, 106, 104, 107, 90] });
    token = await server.token("ada");
    other = await server.token("bob");
  });
  afterAll(() => server.close());

  const create = async (body: unknown = TAKE_PROFIT, as = token) =>
    server.call("POST", "/api/monitors", { token: as, body });

  describe("POST /api/session", () => {
    it("signs in the demo user when nobody is named, with or without a body", async () => {
      for (const options of [{}, { body: {} }]) {
        const { status, body } = await server.call("POST", "/api/session", options);
        expect(status).toBe(200);
        expect(body).toMatchObject({ userId: "demo", token: expect.any(String) });
        expect(body.expiresAt - server.clock.now()).toBeGreaterThan(14 * 60_000);
      }
    });

    it.each(["", "Ada", "a b", "x".repeat(33), "../etc", 7])(
      "refuses the user %j",
      async (user) => {
        const { status, body } = await server.call("POST", "/api/session", { body: { user } });
        expect(status).toBe(400);
        expect(body.error).toMatchObject({ code: "invalid-request", field: "user" });
      },
    );
  });

  describe("routes for signed-in users", () => {
    const routes = [
      ["GET", "/api/monitors"],
      ["POST", "/api/monitors"],
      ["GET", "/api/monitors/x"],
      ["PATCH", "/api/monitors/x"],
      ["DELETE", "/api/monitors/x"],
      ["GET", "/api/notifications"],
      ["GET", "/api/service"],
      ["POST", "/api/service/start"],
      ["POST", "/api/service/stop"],
      ["PUT", "/api/service/speed"],
    ] as const;
    const bodies: Record<string, unknown> = {
      "POST /api/monitors": TAKE_PROFIT,
      "PATCH /api/monitors/x": { note: "x" },
      "PUT /api/service/speed": { speed: 2 },
    };

    it.each(routes)(
      "%s %s answers 401 without a token and says how to get one",
      async (method, path) => {
        const body = bodies[`${method} ${path}`];
        const answer = await server.call(method, path, { body });
        expect(answer.status).toBe(401);
        expect(answer.headers.get("www-authenticate")).toBe("Bearer");
        expect(answer.body.error).toMatchObject({ code: "unauthorized", field: "authorization" });
        expect(answer.body.error.message).toContain("POST /api/session");
      },
    );

    it("answer 401 to a token that was tampered with or is none (A16)", async () => {
      const [, payload] = token.split(".");
      const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
      for (const bad of ["x", `${token}x`, none]) {
        expect((await server.call("GET", "/api/monitors", { token: bad })).status).toBe(401);
      }
    });
  });

  describe("market data", () => {
    it("is open to everybody", async () => {
      const symbols = await server.call("GET", "/api/symbols");
      expect(symbols.body.items).toMatchObject([{ symbol: "SPX", price: 100, at: OPEN }]);
      const candles = await server.call("GET", "/api/symbols/SPX/candles");
      expect(candles).toMatchObject({
        status: 200,
        body: { items: [{ close: 100, time: "1221436800000" }] },
      });
    });

    it("says which symbol or limit is wrong", async () => {
      const missing = await server.call("GET", "/api/symbols/__proto__/candles");
      expect(missing).toMatchObject({ status: 404, body: { error: { field: "code" } } });
      for (const limit of ["0", "5001", "many", "1.5"]) {
        const answer = await server.call("GET", `/api/symbols/SPX/candles?limit=${limit}`);
        expect(answer).toMatchObject({ status: 400, body: { error: { field: "limit" } } });
      }
    });
  });

  describe("the service", () => {
    const call = (method: string, path: string, body?: unknown) =>
      server.call(method, `/api/service${path}`, { token, body });

    it("runs when started, holds when stopped, and turns ticks into notifications that can be paged", async () => {
      const { body } = await create({ ...TAKE_PROFIT, cooldownMs: 0 });
      expect((await call("GET", "")).body).toMatchObject({
        running: false,
        ticks: 0,
        ended: false,
      });
      expect((await call("POST", "/start")).body).toMatchObject({ running: true });
      server.minutes(3);
      expect((await call("POST", "/stop")).body).toMatchObject({
        running: false,
        ticks: 3,
        fired: 1,
      });
      server.minutes(9);
      expect((await call("GET", "")).body).toMatchObject({
        ticks: 3,
        marketTime: OPEN + 3 * 60_000,
      });
      await call("POST", "/start");
      server.minutes(9);
      const stopped = await call("POST", "/stop");
      expect(stopped.body).toMatchObject({ ticks: 5, fired: 2, ended: true });
      expect((await call("POST", "/start")).body).toMatchObject({ running: false, ended: true });

      const page = (query: string) => server.call("GET", `/api/notifications${query}`, { token });
      const newest = (await page("?limit=1")).body;
      expect(alertNotification.parse(newest.items[0])).toMatchObject({
        price: 107,
        monitorId: body.id,
      });
      const older = (await page(`?limit=1&cursor=${newest.nextCursor}`)).body;
      expect(older).toMatchObject({ items: [{ price: 106 }], nextCursor: null });
      expect((await page("?monitorId=another")).body).toEqual({ items: [], nextCursor: null });
      const bobs = await server.call("GET", "/api/notifications", { token: other });
      expect(bobs.body.items).toEqual([]);
    });

    it("changes its speed within bounds", async () => {
      expect((await call("PUT", "/speed", { speed: 5_000 })).body.speed).toBe(5_000);
      for (const speed of [0, 0.5, 1_000_001, "fast", null]) {
        const answer = await call("PUT", "/speed", { speed });
        expect(answer).toMatchObject({ status: 400, body: { error: { field: "speed" } } });
      }
    });

    it.each(["cursor=x", "cursor=-1", "limit=0", "limit=201", "monitorId="])(
      "refuses notifications?%s, naming the field",
      async (query) => {
        const answer = await server.call("GET", `/api/notifications?${query}`, { token });
        expect(answer.status).toBe(400);
        expect(answer.body.error.field).toBe(query.split("=")[0]);
      },
    );
  });

  describe("everything else", () => {
    it("reports health", async () => {
      expect((await server.call("GET", "/livez")).body).toEqual({ ok: true });
      const ready = await server.call("GET", "/readyz");
      expect(ready).toMatchObject({
        status: 200,
        body: { ok: true, draining: false, checks: { store: true, feed: true } },
      });
    });

    it("shows the hub to operators, and lets nobody publish", async () => {
      const operator = await server.token("demo");
      for (const path of ["/api/hub/stats", "/api/hub/clients"]) {
        expect((await server.call("GET", path)).status).toBe(403);
        expect((await server.call("GET", path, { token })).status).toBe(403);
        expect((await server.call("GET", path, { token: operator })).status).toBe(200);
      }
      const body = { channel: "stock:SPX", data: { price: 1 } };
      expect((await server.call("POST", "/api/hub/publish", { body })).status).toBe(401);
      expect((await server.call("POST", "/api/hub/publish", { token, body })).status).toBe(403);
    });

    it("describes every route in OpenAPI", async () => {
      const { paths } = (await server.call("GET", "/docs/json")).body;
      expect(Object.keys(paths)).toEqual(
        expect.arrayContaining([
          "/api/session",
          "/api/symbols",
          "/api/symbols/{code}/candles",
          "/api/monitors",
          "/api/monitors/{id}",
          "/api/notifications",
          "/api/service",
          "/api/service/start",
          "/api/service/stop",
          "/api/service/speed",
        ]),
      );
      const page = await server.call("GET", "/docs");
      expect(page.status).toBe(200);
      expect(page.body).not.toMatch(/src="https?:/);
    });

    it("says how to build the dashboard when it is missing", async () => {
      const page = await server.call("GET", "/");
      expect(page.status).toBe(503);
      expect(page.body).toContain("npm run build -w examples/alert-dashboard");
    });

    it("answers 404 in JSON to what does not exist", async () => {
      const answer = await server.call("GET", "/api/nothing");
      expect(answer).toMatchObject({ status: 404, body: { error: { code: "not-found" } } });
    });
  });
});
