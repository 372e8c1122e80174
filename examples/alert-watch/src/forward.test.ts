import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { webhookSignature } from "@tocsin/server-kit/alerts";
import { afterEach, expect, test } from "vitest";
import { alertOf } from "../test/alert-of.js";
import { createForwarder } from "./forward.js";
import { signingKey } from "./signature.js";

const SECRET = `whsec_${Buffer.from("a key of more than sixteen bytes").toString("base64")}`;
const KEY = signingKey(SECRET) ?? Buffer.alloc(0);

let server: Server | undefined;
afterEach(() => void server?.close());

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A receiver that answers as it is told, and with 204 afterwards. */
async function receiver(...answers: number[]) {
  const received: Received[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/hook`), received };
}

const forwarder = (url: URL, said: string[] = [], lingerMs = 20_000) =>
  createForwarder({ url, key: KEY, say: (text) => said.push(text), baseMs: 1, lingerMs });

test("what is posted is signed as the server signs its own webhooks", async () => {
  const { url, received } = await receiver();
  const out = forwarder(url);
  out.send(alertOf(1));
  out.send(alertOf(1, { revision: 2, state: "resolved" }));
  await out.close();
  expect(received.map(({ headers }) => headers["webhook-id"])).toEqual(["n1.1", "n1.2"]);
  expect(received.map(({ body }) => JSON.parse(body).type)).toEqual([
    "alert.fired",
    "alert.resolved",
  ]);
  for (const { headers, body } of received) {
    const at = Number(headers["webhook-timestamp"]);
    const id = String(headers["webhook-id"]);
    expect(headers["webhook-signature"]).toBe(webhookSignature(SECRET, id, at, body));
  }
});

test("what is not taken is repeated under one id, and holds back what comes after", async () => {
  const { url, received } = await receiver(503, 429, 204, 204);
  const said: string[] = [];
  const out = forwarder(url, said);
  out.send(alertOf(1));
  out.send(alertOf(2));
  await out.close();
  expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([
    "n1.1",
    "n1.1",
    "n1.1",
    "n2.1",
  ]);
  expect(said).toEqual([`${url.host} does not take alerts (answered 503); trying again`]);
});

test("what is refused is given up and told, and the next one goes out", async () => {
  const { url, received } = await receiver(400);
  const said: string[] = [];
  const out = forwarder(url, said);
  out.send(alertOf(1));
  out.send(alertOf(2));
  await out.close();
  expect(received).toHaveLength(2);
  expect(said).toEqual([
    `${url.host} refuses "SPX reached 1": answered 400`,
    `${url.host} did not take 1 alert`,
  ]);
});

test("the end does not wait for ever, and counts what was not taken", async () => {
  const { url } = await receiver();
  server?.close();
  const said: string[] = [];
  const out = forwarder(url, said, 50);
  out.send(alertOf(1));
  out.send(alertOf(2));
  await out.close();
  expect(said.at(-1)).toBe(`${url.host} did not take 2 alerts`);
});

test("a secret is base64 behind whsec_, and not a short one", () => {
  expect(KEY).toHaveLength(32);
  expect(signingKey("whsec_c2hvcnQ=")).toBeUndefined();
  expect(signingKey("my password")).toBeUndefined();
});
