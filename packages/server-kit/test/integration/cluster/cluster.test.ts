import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { decodeServerMessage, jsonCodec, type ServerMessage } from "@tocsin/protocol";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import WebSocket from "ws";

const APP = fileURLToPath(new URL("./cluster-app.ts", import.meta.url));
const soon = { timeout: 20_000, interval: 10 };

let app: ChildProcess;
const workers: { pid: number; port: number }[] = [];
const clients: WebSocket[] = [];

beforeAll(async () => {
  const args = ["--conditions=@tocsin/source", "--import", "tsx", APP, "2"];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  app = child;
  for await (const line of createInterface({ input: child.stdout })) {
    workers.push(JSON.parse(line));
    if (workers.length === 2) break;
  }
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.terminate();
  const ended = once(app, "exit");
  app.stdin?.end();
  await ended;
});

/** A client of one worker, which keeps all it was told. */
async function connect(worker: number, userId: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${workers[worker]!.port}/ws`);
  clients.push(socket);
  const heard: ServerMessage[] = [];
  socket.on("message", (data) => {
    const decoded = decodeServerMessage(jsonCodec, String(data));
    if (decoded.ok) heard.push(decoded.message);
  });
  socket.on("error", () => {});
  const closed = once(socket, "close").then(([code]) => Number(code));
  await once(socket, "open");
  const say = (message: object) => socket.send(JSON.stringify(message));
  say({ type: "auth", token: userId });
  const events = () => heard.flatMap((message) => (message.type === "event" ? [message] : []));
  return {
    closed,
    say,
    heard,
    events,
    async subscribe(channel: string, since?: object) {
      say({ type: "subscribe", channel, ...(since && { since }) });
      await vi.waitFor(
        () => expect(heard.at(-1)).toMatchObject({ type: "subscribed", channel }),
        soon,
      );
      return heard.find((message) => message.type === "subscribed")!;
    },
    /** Sends and waits for the answer. */
    async ask(message: { type: string; id: string; [field: string]: unknown }) {
      say(message);
      const isAnswer = (one: ServerMessage) => "id" in one && one.id === message.id;
      return vi.waitFor(() => heard.find(isAnswer) ?? expect.fail("no answer yet"), soon);
    },
  };
}

it("brings what is published in one worker to readers of all, in one order", async () => {
  const readers = [await connect(0, "ann"), await connect(1, "bob")];
  for (const reader of readers) await reader.subscribe("fills");
  for (let n = 0; n < 200; n += 1) {
    readers[n % 2]!.say({ type: "publish", id: `p${n}`, channel: "fills", data: n });
  }
  for (const { events } of readers) {
    await vi.waitFor(() => expect(events()).toHaveLength(200), soon);
    expect(events().map(({ offset }) => offset)).toEqual(
      Array.from({ length: 200 }, (_, n) => n + 1),
    );
  }
  expect(readers[0]!.events()).toEqual(readers[1]!.events());
});

it("reaches and ends a user's connections in whatever worker they are", async () => {
  const eve = await connect(1, "eve");
  await eve.subscribe("hint");
  const admin = await connect(0, "admin");
  const found = { data: { count: 1, missing: [] } };
  const params = { userId: "eve", n: 7 };
  expect(await admin.ask({ type: "call", id: "1", method: "hint", params })).toMatchObject(found);
  await vi.waitFor(() => expect(eve.events()).toMatchObject([{ data: 7 }]), soon);
  const ending = { type: "call", id: "2", method: "disconnect", params: { userId: "eve" } };
  expect(await admin.ask(ending)).toMatchObject(found);
  expect(await eve.closed).toBe(4503);
});

it("lets the reader of a worker that was killed recover in another (F6)", async () => {
  const [lost, other] = [await connect(0, "ann"), await connect(1, "bob")];
  const joined = await lost.subscribe("fills");
  await lost.subscribe("room");
  const publish = (id: string, data: number) =>
    other.ask({ type: "publish", id, channel: "fills", data });
  await publish("a", 1_001);
  await vi.waitFor(() => expect(lost.events()).toHaveLength(1), soon);
  process.kill(workers[0]!.pid, "SIGKILL");
  await lost.closed;
  await publish("b", 1_002);
  await publish("c", 1_003);
  const { epoch } = "epoch" in joined ? joined : expect.fail("no position");
  const back = await connect(1, "ann");
  const since = { epoch, offset: lost.events()[0]!.offset };
  back.say({ type: "subscribe", channel: "fills", since });
  await vi.waitFor(
    () => expect(back.events().map(({ data }) => data)).toEqual([1_002, 1_003]),
    soon,
  );
  expect(back.heard).toContainEqual(expect.objectContaining({ recovery: "recovered" }));
});
