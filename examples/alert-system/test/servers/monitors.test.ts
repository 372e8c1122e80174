import { monitor } from "@tocsin/protocol/alerts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVERS, startServer, TAKE_PROFIT, type TestServer } from "./support.js";

describe.each(SERVERS)("on %s", (name) => {
  let server: TestServer;
  let token: string;
  let other: string;

  beforeAll(async () => {
    server = await startServer(name);
    token = await server.token("ada");
    other = await server.token("bob");
  });
  afterAll(() => server.close());

  const create = async (body: unknown = TAKE_PROFIT, as = token) =>
    server.call("POST", "/api/monitors", { token: as, body });

  describe("monitors", () => {
    it("are created with defaults, read, changed and deleted by their owner", async () => {
      const created = await create();
      expect(created.status).toBe(201);
      expect(monitor.parse(created.body)).toMatchObject({
        userId: "ada",
        symbol: "SPX",
        enabled: true,
        note: "",
        cooldownMs: 3_600_000,
        version: 1,
        rules: [{ kind: "take-profit", price: 105, side: "long" }],
      });
      const path = `/api/monitors/${created.body.id}`;
      expect((await server.call("GET", path, { token })).body).toEqual(created.body);
      const list = await server.call("GET", "/api/monitors", { token });
      expect(list.body.items).toContainEqual(created.body);

      const changed = await server.call("PATCH", path, { token, body: { enabled: false } });
      expect(changed).toMatchObject({ status: 200, body: { enabled: false, version: 2 } });

      const deleted = await server.call("DELETE", path, { token });
      expect(deleted).toMatchObject({ status: 204, body: "" });
      expect((await server.call("GET", path, { token })).status).toBe(404);
      expect((await server.call("DELETE", path, { token })).status).toBe(404);
    });

    it("of somebody else answer 404, like ones that do not exist (A40)", async () => {
      const { body } = await create();
      for (const id of [body.id, "nobody-has-this"]) {
        const path = `/api/monitors/${id}`;
        for (const [method, change] of [
          ["GET"],
          ["PATCH", { note: "mine" }],
          ["DELETE"],
        ] as const) {
          const answer = await server.call(method, path, { token: other, body: change });
          expect(answer.status).toBe(404);
          expect(answer.body.error).toMatchObject({ code: "not-found", field: "id" });
        }
      }
      expect((await server.call("GET", "/api/monitors", { token: other })).body.items).toEqual([]);
      await server.call("DELETE", `/api/monitors/${body.id}`, { token });
    });

    it("drop fields nobody may set (A40)", async () => {
      const hostile = {
        ...TAKE_PROFIT,
        id: "mine",
        userId: "bob",
        version: 9,
        __proto__: null,
        isAdmin: true,
      };
      const { status, body } = await create(hostile);
      expect(status).toBe(201);
      expect(body).toMatchObject({ userId: "ada", version: 1 });
      expect(body.id).not.toBe("mine");
      expect(body).not.toHaveProperty("isAdmin");
      const path = `/api/monitors/${body.id}`;
      const changed = await server.call("PATCH", path, {
        token,
        body: { note: "n", userId: "bob", symbol: "X" },
      });
      expect(changed.body).toMatchObject({ userId: "ada", symbol: "SPX", note: "n" });
      await server.call("DELETE", path, { token });
    });

    it("give text back word for word, as JSON no browser takes for a page (A40)", async () => {
      const note = "<img src=x onerror=alert(1)>";
      const answer = await create({ ...TAKE_PROFIT, note });
      expect(answer.body.note).toBe(note);
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      await server.call("DELETE", `/api/monitors/${answer.body.id}`, { token });
    });

    const rules = (...list: unknown[]) => ({ symbol: "SPX", rules: list });
    it.each<[string, unknown, string, RegExp]>([
      ["no symbol", { rules: TAKE_PROFIT.rules }, "symbol", /name the symbol/],
      ["an empty symbol", { ...TAKE_PROFIT, symbol: " " }, "symbol", /name the symbol/],
      [
        "a symbol that is not traded",
        { ...TAKE_PROFIT, symbol: "XYZ" },
        "symbol",
        /use one of SPX/,
      ],
      ["no rules", { symbol: "SPX" }, "rules", /list of rules/],
      ["an empty list of rules", rules(), "rules", /at least one rule/],
      ["an unknown kind", rules({ kind: "magic", price: 1 }), "rules.0.kind", /take-profit/],
      [
        "a price that is text",
        rules({ kind: "stop-loss", price: "1" }),
        "rules.0.price",
        /must be a number/,
      ],
      ["no price", rules({ kind: "stop-loss" }), "rules.0.price", /must be a number/],
      ["a price of 0", rules({ kind: "stop-loss", price: 0 }), "rules.0.price", /above 0/],
      [
        "a range upside down",
        rules({ kind: "entry-range", low: 2, high: 1 }),
        "rules.0.high",
        /above low/,
      ],
      [
        "two rules of one id",
        rules({ ...TAKE_PROFIT.rules[0], id: "a" }, { ...TAKE_PROFIT.rules[0], id: "a" }),
        "rules",
        /an id of its own/,
      ],
      ["a cooldown below 0", { ...TAKE_PROFIT, cooldownMs: -1 }, "cooldownMs", />=0/],
      ["a note that is too long", { ...TAKE_PROFIT, note: "x".repeat(201) }, "note", /200/],
      ["a list", [], "body", /expected object/],
    ])("are refused with %s, naming field and fix", async (_, body, field, message) => {
      const answer = await create(body);
      expect(answer.status).toBe(400);
      expect(answer.body.error.field).toBe(field);
      expect(answer.body.error.message).toMatch(message);
    });

    it("are refused without JSON, with broken JSON, with another type and beyond 64 KiB", async () => {
      const post = (options: object) => server.call("POST", "/api/monitors", { token, ...options });
      expect((await post({})).status).toBe(400);
      expect((await post({ raw: "{" })).body.error).toMatchObject({
        code: "bad-request",
        field: "body",
      });
      expect((await post({ raw: "a=b", type: "text/plain" })).status).toBe(415);
      const large = await post({ body: { ...TAKE_PROFIT, note: "x".repeat(70_000) } });
      expect(large).toMatchObject({ status: 413, body: { error: { code: "too-large" } } });
    });

    it("refuse an empty change and a change to nonsense", async () => {
      const { body } = await create();
      const patch = (change: unknown) =>
        server.call("PATCH", `/api/monitors/${body.id}`, { token, body: change });
      expect((await patch({})).body.error.message).toMatch(/name at least one of/);
      expect((await patch({ unknown: 1 })).status).toBe(400);
      expect((await patch({ rules: [] })).body.error.field).toBe("rules");
      expect((await patch({ enabled: "yes" })).body.error.field).toBe("enabled");
      await server.call("DELETE", `/api/monitors/${body.id}`, { token });
    });
  });
});
