import { market } from "@tocsin-example/alert-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVERS, startServer, TAKE_PROFIT, type TestServer } from "./support.js";

describe.each(SERVERS)("on %s", (name) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer(name, { prices: [100, 104, 106, 104, 107] });
  });
  afterAll(() => server.close());

  const many = (count: number) => ({
    items: Array.from({ length: count }, (_, index) => ({
      symbol: "SPX",
      note: index === 0 ? "=HYPERLINK(1)" : `number ${index}`,
      tags: ["a", "b"],
      rules: [
        { kind: "take-profit", price: 105 + index },
        { kind: "percent-change", percent: 5, windowMs: 60_000, severity: "critical" },
      ],
    })),
  });

  it("monitors go out as a table and come back as they were", async () => {
    const ada = await server.token("ada");
    const bob = await server.token("bob");
    const made = await server.call("POST", "/api/monitors/import", { token: ada, body: many(3) });
    expect(made).toMatchObject({ status: 201, body: { items: { length: 3 } } });
    const csv = await server.call("GET", "/api/monitors/export?format=csv", { token: ada });
    expect(csv.headers.get("content-type")).toMatch(/text\/csv/);
    expect(csv.headers.get("content-disposition")).toContain("monitors.csv");
    expect(csv.body).toContain("'=HYPERLINK(1)"); // no spreadsheet takes it for a formula
    const back = await server.call("POST", "/api/monitors/import", {
      token: bob,
      raw: csv.body,
      type: "text/csv",
    });
    expect(back.status).toBe(201);
    const plain = async (token: string) => {
      const { items } = (await server.call("GET", "/api/monitors/export", { token })).body;
      return items
        .map(({ symbol, note, tags, rules }: Record<string, unknown>) => ({
          symbol,
          note,
          tags,
          rules,
        }))
        .sort((a: { note: string }, b: { note: string }) => a.note.localeCompare(b.note));
    };
    expect(await plain(bob)).toEqual(await plain(ada));
  });

  it("a table with one wrong line brings nothing, and says which line", async () => {
    const token = await server.token("carl");
    const lines = ["symbol,kind,rule", 'SPX,take-profit,"{""price"":105}"', "SPX,take-profit,{}"];
    const answer = await server.call("POST", "/api/monitors/import", {
      token,
      raw: lines.join("\n"),
      type: "text/csv",
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { field: "line 3, rule.price" } } });
    const unknown = { items: [...many(1).items, { ...many(1).items[0], symbol: "NOPE" }] };
    const refused = await server.call("POST", "/api/monitors/import", { token, body: unknown });
    expect(refused).toMatchObject({ status: 400, body: { error: { field: "items.1.symbol" } } });
    expect((await server.call("GET", "/api/monitors", { token })).body.items).toEqual([]);
  });

  it("a large import goes on in the background and tells how far it is", async () => {
    const token = await server.token("dora");
    const answer = await server.call("POST", "/api/monitors/import", { token, body: many(201) });
    expect(answer).toMatchObject({ status: 202, body: { taskId: expect.any(String) } });
    const { taskId } = answer.body;
    const isDone = async () => {
      server.clock.advance(1); // a task begins in a turn of its own
      return (await server.call("GET", `/api/tasks/${taskId}`, { token })).body.state === "done";
    };
    await expect.poll(isDone, { timeout: 10_000 }).toBe(true);
    const other = await server.token("bob");
    expect((await server.call("GET", `/api/tasks/${taskId}`, { token: other })).status).toBe(404);
    await expect(server.client("bob").subscribe(market.task({ taskId })).ready).rejects.toThrow();
    const page = await server.call("GET", "/api/monitors?limit=150", { token });
    expect(page.body.items).toHaveLength(150);
    const rest = await server.call(
      "GET",
      `/api/monitors?limit=150&cursor=${page.body.nextCursor}`,
      { token },
    );
    expect(rest.body).toMatchObject({ items: { length: 51 }, nextCursor: null });
  });

  it("a request repeated under its key is done once", async () => {
    const token = await server.token("eve");
    const create = (key: string, body: unknown = TAKE_PROFIT) =>
      server.call("POST", "/api/monitors", { token, body, headers: { "idempotency-key": key } });
    const first = await create("k1");
    const again = await create("k1");
    expect(again.status).toBe(201);
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const other = await create("k1", { ...TAKE_PROFIT, note: "another" });
    expect(other).toMatchObject({ status: 422, body: { error: { code: "key-reused" } } });
    expect((await create("k 2")).status).toBe(400);
    const refused = await create("k3", { ...TAKE_PROFIT, symbol: "NOPE" });
    expect(refused.status).toBe(400);
    expect((await create("k3")).status).toBe(201); // what failed gives its key back
    expect((await server.call("GET", "/api/monitors", { token })).body.items).toHaveLength(2);
  });

  it("a preview says when rules would have fired", async () => {
    const token = await server.token("ada");
    server.system.context.service.start();
    server.minutes(9);
    await server.system.context.service.stop();
    const body = { symbol: "SPX", rules: TAKE_PROFIT.rules, cooldownMs: 0, days: 1 };
    const answer = await server.call("POST", "/api/preview", { token, body });
    expect(answer.body).toMatchObject({ fired: 2, suppressed: 0 });
    expect(answer.body.fires.map(({ price }: { price: number }) => price)).toEqual([106, 107]);
    const bad = await server.call("POST", "/api/preview", { token, body: { ...body, days: 0 } });
    expect(bad).toMatchObject({ status: 400, body: { error: { field: "days" } } });
  });

  it("an alert is not sent into the own network (A40)", async () => {
    const token = await server.token("ada");
    const create = (target: string) =>
      server.call("POST", "/api/endpoints", { token, body: { sink: "webhook", target } });
    for (const target of [
      "http://127.0.0.1/x",
      "http://169.254.169.254/latest",
      "http://[::1]/",
      "http://10.1.2.3/",
    ]) {
      expect(await create(target)).toMatchObject({
        status: 422,
        body: { error: { field: "target" } },
      });
    }
    expect((await create("not a url")).status).toBe(400);
    const made = await create("http://93.184.215.14/alerts");
    expect(made).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } });
    const { items } = (await server.call("GET", "/api/endpoints", { token })).body;
    expect(items[0]).not.toHaveProperty("secret");
    const foreign = await server.token("bob");
    const path = `/api/endpoints/${made.body.id}`;
    expect((await server.call("DELETE", path, { token: foreign })).status).toBe(404);
    expect((await server.call("DELETE", path, { token })).status).toBe(204);
  });

  it("a strategy follows its monitors and can be pushed", async () => {
    const token = await server.token("fay");
    const made = await server.call("POST", "/api/strategies", { token, body: { name: "swing" } });
    expect(made).toMatchObject({ status: 201, body: { symbols: [] } });
    const { id } = made.body;
    const twice = await server.call("POST", "/api/strategies", { token, body: { name: "swing" } });
    expect(twice.status).toBe(422);
    await server.call("POST", "/api/monitors", { token, body: { ...TAKE_PROFIT, strategyId: id } });
    const { body } = await server.call("GET", `/api/strategies/${id}`, { token });
    expect(body).toMatchObject({ symbols: ["SPX"], monitors: 1 });
    const pushed = await server.call("POST", "/api/strategies/fay~swing/push", { token });
    expect(pushed).toMatchObject({ status: 200, body: { pushed: 1 } });
    const other = await server.token("bob");
    const path = "/api/strategies/fay~swing/push";
    expect((await server.call("POST", path, { token: other })).status).toBe(404);
    expect((await server.call("DELETE", `/api/strategies/${id}`, { token })).status).toBe(204);
  });

  it("the service goes where it is told, within what can be played", async () => {
    const token = await server.token();
    const { range } = (await server.call("GET", "/api/service", { token })).body;
    const seek = (position: number) =>
      server.call("PUT", "/api/service/position", { token, body: { position } });
    expect(await seek(range.from)).toMatchObject({ status: 200 });
    expect(await seek(range.to + 1)).toMatchObject({ status: 422 });
  });
});
