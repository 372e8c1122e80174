import type { AlertNotification } from "@tocsin/protocol/alerts";
import { market } from "@tocsin-example/alert-contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVERS, startServer, type TestServer } from "./support.js";

describe.each(SERVERS)("on %s", (name) => {
  let server: TestServer;
  let ada: string;
  let bob: string;
  beforeAll(async () => {
    server = await startServer(name, { prices: [100, 104, 106, 104, 107, 90, 120, 80] });
    ada = await server.token("ada");
    bob = await server.token("bob");
    const body = {
      symbol: "SPX",
      rules: [{ kind: "take-profit", price: 105 }],
      cooldownMs: 0,
    };
    await server.call("POST", "/api/monitors", { token: ada, body });
    server.system.context.service.start();
    server.minutes(9);
    await server.system.context.service.stop();
  });
  afterAll(() => server.close());

  const get = (path: string, token = ada) => server.call("GET", path, { token });
  const post = (path: string, body?: unknown, token = ada) =>
    server.call("POST", path, { token, ...(body !== undefined && { body }) });
  const newest = async (): Promise<AlertNotification> =>
    (await get("/api/notifications?limit=1")).body.items[0];

  it("every fire is in the inbox, and over when the price came back", async () => {
    const { items } = (await get("/api/notifications")).body;
    expect(items.map(({ price, state }: AlertNotification) => [price, state])).toEqual([
      [120, "resolved"],
      [107, "resolved"],
      [106, "resolved"],
    ]);
    expect((await get("/api/notifications/unread")).body).toEqual({ unread: 3 });
  });

  it("what is done in one tab is told to the others, once for each doing", async () => {
    const { id, revision } = await newest();
    const inbox = server.client("ada").subscribe(market.alerts({ userId: "ada" }));
    const told: AlertNotification[] = [];
    const acknowledged = new Promise<void>((resolve) => {
      inbox.on("event", (notification) => {
        told.push(notification);
        if (notification.acknowledgedAt !== null) resolve();
      });
    });
    await inbox.ready;
    await post(`/api/notifications/${id}/read`);
    await post(`/api/notifications/${id}/read`);
    await post(`/api/notifications/${id}/acknowledge`);
    await acknowledged;
    expect(told.map((each) => each.revision)).toEqual([revision + 1, revision + 2]);
    expect(told[0]).toMatchObject({ id, readAt: expect.any(Number), acknowledgedAt: null });
    expect((await get("/api/notifications/unread")).body).toEqual({ unread: 2 });
    expect((await get("/api/notifications?unread=true")).body.items).toHaveLength(2);
  });

  it("a snooze can be called off, and what is archived is out of the way", async () => {
    const { id } = await newest();
    const snoozed = await post(`/api/notifications/${id}/snooze`, { forMs: 60_000 });
    expect(snoozed.body.snoozedUntil).toBe(server.clock.now() + 60_000);
    const back = await post(`/api/notifications/${id}/snooze`, { forMs: 0 });
    expect(back.body.snoozedUntil).toBeNull();
    await post(`/api/notifications/${id}/archive`);
    expect((await get("/api/notifications")).body.items).toHaveLength(2);
    expect((await get("/api/notifications?archived=true")).body.items).toHaveLength(1);
    await post(`/api/notifications/${id}/unarchive`);
    expect((await get("/api/notifications")).body.items).toHaveLength(3);
  });

  it("all can be read at once, up to what was seen", async () => {
    const { items } = (await get("/api/notifications")).body;
    const upTo = items.at(-1).seq;
    expect((await post("/api/notifications/read-all", { upTo })).body).toEqual({ marked: 1 });
    expect((await post("/api/notifications/read-all")).body).toEqual({ marked: 1 });
    expect((await get("/api/notifications/unread")).body).toEqual({ unread: 0 });
  });

  it("can be searched and filtered", async () => {
    const found = async (query: string) => (await get(`/api/notifications?${query}`)).body.items;
    expect(await found("search=take-profit")).toHaveLength(3);
    expect(await found("search=100%25")).toHaveLength(0);
    expect(await found("severity=critical")).toHaveLength(0);
    expect(await found("kind=take-profit&symbol=SPX&state=resolved")).toHaveLength(3);
    expect((await get("/api/notifications?kind=hunch")).status).toBe(400);
  });

  it("is nobody else's: not to see, not to touch (A40)", async () => {
    const { id } = await newest();
    expect((await get("/api/notifications", bob)).body.items).toEqual([]);
    for (const path of ["", "/deliveries"]) {
      expect((await get(`/api/notifications/${id}${path}`, bob)).status).toBe(404);
    }
    for (const action of ["read", "unread", "acknowledge", "archive", "unarchive"]) {
      expect((await post(`/api/notifications/${id}/${action}`, undefined, bob)).status).toBe(404);
    }
  });

  it("says where an alert went", async () => {
    const { id } = await newest();
    const { items } = (await get(`/api/notifications/${id}/deliveries`)).body;
    expect(items[0]).toMatchObject({ sink: "inbox", recipient: "ada", status: "delivered" });
  });
});
