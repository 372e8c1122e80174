import { once } from "node:events";
import { request } from "node:http";
import { newMonitor } from "@tocsin/protocol/alerts";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { pythonLacks, startDialects } from "./support.js";

const NOW = "2025-11-24T10:30:00.000";
const MONITOR = newMonitor.parse({
  symbol: "SPX",
  rules: [{ kind: "take-profit", price: 105 }],
});

describe.skipIf(pythonLacks)(
  `a client of /ws/realtime/{token} in Python (${pythonLacks ?? "as it is"})`,
  () => {
    it("is told of the user's alerts, unasked and once each", async () => {
      await using server = await startDialects({ SPX: [100, 101, 106, 107] });
      const { service } = server.system.context;
      const client = server.python(`/ws/realtime/${await server.token("anna")}`);
      expect(await client.nextFrame()).toBe(
        `{"type":"connected","user_id":"anna","message":"connected","timestamp":"${NOW}"}`,
      );
      await service.createMonitor("bert", MONITOR);
      await service.createMonitor("anna", MONITOR);
      service.start();
      const told = JSON.parse(await server.meanwhile(client.nextFrame()));

      const { store, wakeDelivery } = server.system.context;
      const items = await store.notifications("anna", { limit: 10 });
      const [alert] = items;
      expect(items).toHaveLength(1);
      expect(told).toEqual({
        type: "notification",
        data: {
          id: alert?.id,
          symbol: "SPX",
          kind: "take-profit",
          severity: alert?.severity,
          title: alert?.title,
          message: alert?.body,
          price: 106,
          level: 105,
          change_percent: null,
          triggered_at: "2008-09-15T14:32:00.000",
        },
        timestamp: expect.stringMatching(/^2025-11-24T10:30:\d\d\.\d{3}$/),
      });
      expect(Object.keys(told)).toEqual(["type", "data", "timestamp"]);

      // A later revision of the alert is nothing new to this client.
      await store.act("anna", alert?.id ?? "", { do: "read" });
      wakeDelivery();
      await server.pass(500);
      client.type('{"type": "ping"}');
      expect(await client.nextFrame()).toMatch(/^\{"type":"pong","timestamp":"2025-11-24T10:30:/);
    });

    it("follows the tasks it names, from where they stand", async () => {
      await using server = await startDialects({ SPX: [100] });
      const { tasks, clock } = server.system.context;
      const client = server.python(`/ws/realtime/${await server.token("anna")}`);
      await client.nextFrame();
      let goOn = () => {};
      const work = async (report: (done: number, total: number) => void) => {
        report(3, 10);
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return "ten monitors";
      };
      const taskId = tasks.begin("anna", "import", work);
      await server.pass(200);

      client.type(`{"type": "subscribe", "task_id": "${taskId}"}`);
      const at = new Date(clock.now()).toISOString().slice(0, -1);
      expect(await client.nextFrame()).toBe(
        `{"type":"subscribed","task_id":"${taskId}","timestamp":"${at}"}`,
      );
      expect(await client.nextFrame()).toBe(
        `{"type":"progress","task_id":"${taskId}","data":{"kind":"import","done":3,"total":10,"state":"running","message":""},"timestamp":"${at}"}`,
      );
      goOn();
      expect(JSON.parse(await client.nextFrame())).toMatchObject({
        type: "progress",
        task_id: taskId,
        data: { done: 10, total: 10, state: "done", message: "ten monitors" },
      });
      client.type(`{"type": "unsubscribe", "task_id": "${taskId}"}`);
      expect(await client.nextFrame()).toBe(
        `{"type":"unsubscribed","task_id":"${taskId}","timestamp":"${at}"}`,
      );
    });

    it("gets an error for what it cannot have, and goes on", async () => {
      await using server = await startDialects({ SPX: [100] });
      const { tasks } = server.system.context;
      const theirs = tasks.begin("bert", "import", async () => "done");
      const client = server.python(`/ws/realtime/${await server.token("anna")}`);
      await client.nextFrame();
      const wrong: [line: string, message: string, task: string | null][] = [
        [`{"type": "subscribe", "task_id": "${theirs}"}`, "this is somebody else's", theirs],
        ['{"type": "subscribe", "task_id": 7}', "this is somebody else's", "7"],
        ['{"type": "subscribe"}', '"task_id"', null],
        ['{"type": "publish"}', '"type" must be subscribe, unsubscribe or ping', null],
        ["{", "the message is not JSON", null],
      ];
      for (const [line, message, task_id] of wrong) {
        client.type(line);
        expect(JSON.parse(await client.nextFrame())).toEqual({
          type: "error",
          message: expect.stringContaining(message),
          task_id,
          timestamp: NOW,
        });
      }
      client.type('{"type": "ping"}');
      expect(await client.nextFrame()).toBe(`{"type":"pong","timestamp":"${NOW}"}`);
    });
  },
);

describe("the token of /ws/realtime/{token}", () => {
  it("stands in no line of the log, whether it is good or not, at any level (A20)", async () => {
    await using server = await startDialects({ SPX: [100] });
    const ws = server.url.replace("http", "ws");
    const good = await server.token("anna");
    const forged = `${good.slice(0, -4)}AAAA`;

    const socket = new WebSocket(`${ws}/ws/realtime/${good}`);
    await once(socket, "message");
    const refused = new WebSocket(`${ws}/ws/realtime/${forged}`);
    refused.on("error", () => {});
    const [, response] = await once(refused, "unexpected-response");
    expect(response.statusCode).toBe(401);
    // no upgrade: a page of that address, as a browser would ask for it
    const asked = request(`${server.url}/ws/realtime/${good}`).end();
    const [page] = await once(asked, "response");
    page.resume();
    expect(page.statusCode).toBe(404);
    socket.terminate();
    await server.pass(200);

    expect(server.log()).toContain('"bad-token"');
    expect(server.log()).not.toContain(good.slice(0, 40));
    expect(server.system.context.hub.stats().rejected).toEqual({ upgrade: { "bad-token": 1 } });
  });

  it("ends the connection when it expires, with the code that says to come back with another", async () => {
    await using server = await startDialects({ SPX: [100] });
    const token = await server.token("anna");
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws/realtime/${token}`);
    await once(socket, "message");
    const closed = once(socket, "close");
    for (let seconds = 0; seconds < 15 * 60; seconds += 20) {
      socket.send('{"type":"ping"}'); // a sign of life, or its heartbeat would end it
      await once(socket, "message");
      server.clock.advance(20_000);
    }
    const [code] = await closed;
    expect(code).toBe(4005);
  });
});
