import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { alertNotification } from "@tocsin/protocol/alerts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Endpoint } from "../../../src/alerts/delivery/delivery-store.js";
import type { AlertSink, Delivery } from "../../../src/alerts/delivery/sink.js";
import { type WebhookSinkOptions, webhookSink } from "../../../src/alerts/delivery/webhook-sink.js";
import { fireNotification } from "../../../src/alerts/store/notification.js";
import { fired, NOON, takeProfit } from "../../support/alert-transitions.js";
import { monitorWith } from "../../support/rules.js";

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly url: string | undefined;
}

const SECRET = `whsec_${Buffer.from("a key of some bytes").toString("base64")}`;

describe("webhookSink", () => {
  let server: Server;
  let port: number;
  let requests: Request[];
  let answer: { status: number; headers?: Record<string, string>; never?: boolean };
  let disabled: string[];

  beforeEach(async () => {
    requests = [];
    disabled = [];
    answer = { status: 204 };
    server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      requests.push({ headers: request.headers, body, url: request.url });
      if (!answer.never) response.writeHead(answer.status, answer.headers).end("thanks");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  function sinkTo(target: string, options: Partial<WebhookSinkOptions> = {}): AlertSink {
    const endpoint: Endpoint = {
      id: "e1",
      userId: "ada",
      sink: "webhook",
      target,
      secret: SECRET,
      minSeverity: "info",
      enabled: true,
      createdAt: 0,
    };
    return webhookSink({
      endpoints: {
        endpoint: async (id) => (id === "e1" ? endpoint : undefined),
        disableEndpoint: async (id) => void disabled.push(id),
      },
      allowPrivate: true,
      now: () => 1_700_000_000_999,
      ...options,
    });
  }
  const local = (options?: Partial<WebhookSinkOptions>) =>
    sinkTo(`http://127.0.0.1:${port}/hook?a=1`, options);

  const monitor = monitorWith([takeProfit]);
  const { rule, seen } = fired(monitor, "tp", NOON);
  const notification = fireNotification({
    monitor,
    rule,
    seen,
    pendingSince: null,
    reason: "fired",
    cooldownUntil: NOON,
    storedAt: 1_000,
  });
  const delivery: Delivery = {
    id: `${notification.id}#1#e1`,
    notification,
    recipient: "e1",
    attempt: 1,
    interrupted: false,
  };
  const deliver = (sink: AlertSink, changes: Partial<Delivery> = {}) =>
    sink.deliver({ ...delivery, ...changes }, new AbortController().signal);

  it("posts the notification, signed so that a receiver can check it by the book", async () => {
    await deliver(local());
    expect(requests).toHaveLength(1);
    const [{ headers, body, url }] = requests as [Request];
    expect(url).toBe("/hook?a=1");
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "webhook-id": delivery.id,
      "webhook-timestamp": "1700000000",
    });
    const hmac = createHmac("sha256", "a key of some bytes");
    const signature = hmac.update(`${delivery.id}.1700000000.${body}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
    const { type, timestamp, data } = JSON.parse(body);
    expect({ type, timestamp }).toEqual({
      type: "alert.fired",
      timestamp: "1970-01-01T00:00:01.000Z",
    });
    expect(alertNotification.parse(data)).toEqual(notification);
  });

  it("says in its type when it is over", async () => {
    await deliver(local(), {
      notification: { ...notification, revision: 2, state: "resolved", resolvedAt: NOON },
    });
    expect(JSON.parse(requests[0]?.body ?? "").type).toBe("alert.resolved");
  });

  it.each([200, 201, 202, 299])("takes %d for success", async (status) => {
    answer = { status };
    await deliver(local());
  });

  it.each([
    [500, true],
    [503, true],
    [408, true],
    [425, true],
    [429, true],
    [400, false],
    [401, false],
    [404, false],
    [422, false],
    [301, false],
    [307, false],
  ])("takes %d for a failure, to be tried again: %s", async (status, retryable) => {
    answer = { status, headers: { location: `http://127.0.0.1:${port}/elsewhere` } };
    await expect(deliver(local())).rejects.toMatchObject({
      retryable,
      message: expect.stringContaining(`${status}`),
    });
    expect(requests).toHaveLength(1); // a redirect is not followed
    expect(disabled).toEqual([]);
  });

  it("ends the endpoint on 410", async () => {
    answer = { status: 410 };
    await expect(deliver(local())).rejects.toMatchObject({ retryable: false });
    expect(disabled).toEqual(["e1"]);
  });

  it.each([
    ["120", 120_000],
    [new Date(1_700_000_060_000).toUTCString(), 59_001],
    ["99999999", 86_400_000],
    ["soon", undefined],
  ])("waits as long as Retry-After: %s asks", async (header, retryAfterMs) => {
    answer = { status: 503, headers: { "retry-after": header } };
    await expect(deliver(local())).rejects.toMatchObject({ retryable: true, retryAfterMs });
  });

  it("does not wait for ever, and stops when it is called off", async () => {
    answer = { status: 200, never: true };
    await expect(deliver(local({ timeoutMs: 50 }))).rejects.toMatchObject({ retryable: true });
    const off = new AbortController();
    const hanging = local().deliver(delivery, off.signal);
    hanging.catch(() => {});
    off.abort(new Error("the dispatcher was closed"));
    await expect(hanging).rejects.toThrow(/closed/);
  });

  it("tries again where nobody listens", async () => {
    server.close();
    await once(server, "close");
    await expect(deliver(local())).rejects.toMatchObject({ retryable: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  it("gives up when its endpoint is gone", async () => {
    await expect(deliver(local(), { recipient: "e2" })).rejects.toMatchObject({ retryable: false });
    expect(requests).toEqual([]);
  });

  describe("addresses of an own network (A40)", () => {
    it.each(["http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/"])(
      "are refused when an endpoint is made: %s",
      async (target) => {
        const sink = local({ allowPrivate: false });
        await expect(sink.accept?.(target)).rejects.toMatchObject({
          name: "EndpointTargetError",
          field: "target",
        });
        await local().accept?.(target);
      },
    );

    it("are refused behind a name, and so is a name that cannot be found", async () => {
      const named = (addresses: readonly string[]) =>
        local({ allowPrivate: false, lookup: async () => addresses });
      await named(["93.184.216.34"]).accept?.("https://example.com/");
      await expect(named(["10.0.0.1"]).accept?.("https://example.com/")).rejects.toThrow(
        /internet/,
      );
      const failing = local({
        lookup: async () => {
          throw new Error("ENOTFOUND");
        },
      });
      await expect(failing.accept?.("https://example.com/")).rejects.toMatchObject({
        name: "EndpointTargetError",
      });
    });

    it("are refused once more when it is connected to, for a name can be given another address", async () => {
      const sink = sinkTo(`http://rebinds.example:${port}/`, {
        allowPrivate: false,
        lookup: async () => ["127.0.0.1"],
      });
      await expect(deliver(sink)).rejects.toMatchObject({ retryable: false });
      const literal = sinkTo(`http://[::ffff:127.0.0.1]:${port}/`, { allowPrivate: false });
      await expect(deliver(literal)).rejects.toMatchObject({ retryable: false });
      expect(requests).toEqual([]);
    });

    it("cannot be slipped in between: the answer that was checked is the one that is used", async () => {
      let asked = 0;
      const sink = sinkTo(`http://pinned.example:${port}/`, {
        async lookup() {
          asked += 1;
          return ["127.0.0.1"];
        },
      });
      await deliver(sink); // no name server knows this name, so nothing else was asked
      expect(asked).toBe(1);
      expect(requests[0]?.headers.host).toBe(`pinned.example:${port}`);
    });
  });
});
