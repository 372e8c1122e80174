import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { fakeClock } from "../../../src/testing/fake-clock.js";
import { abusedHub, SECRET, until } from "../../support/abused-hub.js";
import { answerTo, rawPeer, UPGRADE } from "../../support/raw-peer.js";

const without = (name: string) => UPGRADE.filter((line) => !line.startsWith(name));
const status = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/** Fakes of hostile length, as long as Node lets a head be. */
const LONG = 15_000;

describe("an upgrade is turned away", () => {
  it.each([
    ["A1: from a foreign page", "https://evil.example"],
    ["A2: from a page of no origin", "null"],
    ["A3: from a page whose name begins like ours", "http://localhost.evil.example"],
    ["A3: from a page whose name ends like ours", "http://evil-localhost"],
    ["A3: from a page whose name is a wildcard", "http://*"],
    ["A3: from another port of our host", "http://localhost:81"],
  ])("%s with 403", async (_name, origin) => {
    await using at = await abusedHub();
    expect(status(await answerTo(at.port, [...UPGRADE, `Origin: ${origin}`]))).toBe(403);
    await at.rejectedOnce("upgrade", "origin");
  });

  it("A4: with 2,000 headers with 431, which the HTTP server sees to", async () => {
    await using at = await abusedHub();
    const headers = Array.from({ length: 2_000 }, (_, n) => `X-${n}: ${SECRET}`);
    expect(status(await answerTo(at.port, [...UPGRADE, ...headers]))).toBe(431);
    await at.rejectedOnce("upgrade", "bad-head");
  });

  it("A4: with 2,000 headers that are short enough for the HTTP server with 431", async () => {
    await using at = await abusedHub();
    const headers = Array.from({ length: 2_000 }, () => "a:");
    expect(status(await answerTo(at.port, [...UPGRADE, ...headers]))).toBe(431);
    await at.rejectedOnce("upgrade", "too-many-headers");
  });

  it.each([
    ["empty names", "a,".repeat(LONG / 2)],
    ["one name in two words", "a a"],
    ["spaces without end", `a${" ".repeat(LONG)}b`],
    ["the same name again", "tocsin.v1.json, tocsin.v1.json"],
    ["nothing", ""],
    ["characters that no name has", "a;b"],
  ])("A5: with a hostile Sec-WebSocket-Protocol with 400: %s", async (_name, value) => {
    await using at = await abusedHub();
    const lines = [...UPGRADE, `Sec-WebSocket-Protocol: ${value}`];
    expect(status(await answerTo(at.port, lines))).toBe(400);
    await at.rejectedOnce("upgrade", "bad-handshake");
  });

  it.each([
    "constructor",
    "__proto__",
    "permessage-deflate, toString; x=1",
    "permessage-deflate;;, ,",
  ])("A6: with the extension %s with 400", async (value) => {
    await using at = await abusedHub();
    const lines = [...UPGRADE, `Sec-WebSocket-Extensions: ${value}`];
    expect(status(await answerTo(at.port, lines))).toBe(400);
    await at.rejectedOnce("upgrade", "bad-handshake");
  });

  it.each([
    ["a short key", [...without("Sec-WebSocket-Key"), "Sec-WebSocket-Key: short"], 400],
    ["no key", without("Sec-WebSocket-Key"), 400],
    ["another protocol", [...without("Upgrade:"), "Upgrade: h2c"], 400],
    ["another method", ["POST /ws HTTP/1.1", ...UPGRADE.slice(1)], 405],
  ])("A7: with %s with 400, or 405", async (_name, lines, code) => {
    await using at = await abusedHub();
    expect(status(await answerTo(at.port, lines))).toBe(code);
    await at.rejectedOnce("upgrade", "bad-handshake");
  });

  it.each(["7", "13.0", "constructor", ""])("A7: with version %j with 426", async (version) => {
    await using at = await abusedHub();
    const lines = [...without("Sec-WebSocket-Version"), `Sec-WebSocket-Version: ${version}`];
    const answer = await answerTo(at.port, lines);
    expect(status(answer)).toBe(426);
    expect(answer).toContain("Sec-WebSocket-Version: 13\r\n");
    await at.rejectedOnce("upgrade", "bad-version");
  });

  it("A8: that drips in with 408 after 10 s", async () => {
    const clock = fakeClock();
    await using at = await abusedHub({ clock });
    const timers = clock.pending;
    const peer = rawPeer(at.port, []);
    peer.socket.write(`${UPGRADE.slice(0, 3).join("\r\n")}\r\n`);
    await until(() => clock.pending > timers);
    clock.advance(9_999);
    peer.socket.write(`X-Slow: ${SECRET}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(at.hub.stats().rejected).toEqual({});
    clock.advance(1);
    await peer.ended;
    peer.socket.destroy();
    await at.rejectedOnce("upgrade", "too-slow");
  });

  it("A8: never when it was made in time, however long it lives", async () => {
    const clock = fakeClock();
    await using at = await abusedHub({ clock, heartbeat: { intervalMs: 1e9 } });
    const socket = at.dial();
    await once(socket, "open");
    clock.advance(3_600_000);
    await at.rejectedNothing();
    expect(socket.readyState).toBe(socket.OPEN);
  });

  it("A9: above the connections of one address with 429 and a Retry-After", async () => {
    await using at = await abusedHub({ limits: { connectionsPerAddress: 1 } });
    const answer = await answerTo(at.port, UPGRADE);
    expect(status(answer)).toBe(429);
    expect(answer).toContain("Retry-After: 5\r\n");
    await at.rejectedOnce("upgrade", "address-full");
  });

  it("A9: above the connections of the hub with 503 and a Retry-After", async () => {
    await using at = await abusedHub({ limits: { connections: 1 } });
    const answer = await answerTo(at.port, UPGRADE);
    expect(status(answer)).toBe(503);
    expect(answer).toContain("Retry-After: 5\r\n");
    await at.rejectedOnce("upgrade", "hub-full");
  });

  it("A10: never when it is a plain GET; a thousand of them leave no place taken", async () => {
    await using at = await abusedHub({ limits: { connectionsPerAddress: 2 } });
    const get = ["GET /ws HTTP/1.1", "Host: x", "Connection: close"];
    for (let n = 0; n < 1_000; n += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => answerTo(at.port, get)));
      expect(new Set(answers.map(status))).toEqual(new Set([200]));
    }
    expect(at.hub.connections.size).toBe(1);
    await once(at.dial(), "open"); // the one place beside the bystander's
    await at.rejectedNothing();
  });

  it("A11: when authenticate throws, with 503, and is never opened", async () => {
    await using at = await abusedHub({
      authenticate({ token }) {
        if (token === "bystander") return { userId: "bystander" };
        throw new Error("the token service is down");
      },
    });
    const answer = await answerTo(at.port, [...UPGRADE, `Authorization: Bearer ${SECRET}`]);
    expect(status(answer)).toBe(503);
    expect(at.hub.stats().opened).toBe(1);
    await at.rejectedOnce("upgrade", "hook-failed");
  });

  it("A11: when clientAddress throws, with 503, and the process lives", async () => {
    let calls = 0;
    await using at = await abusedHub({
      clientAddress({ remoteAddress }) {
        calls += 1;
        if (calls > 1) throw new TypeError("no such header");
        return remoteAddress;
      },
    });
    expect(status(await answerTo(at.port, UPGRADE))).toBe(503);
    await at.rejectedOnce("upgrade", "hook-failed");
  });

  it("A12: while the hub drains, with 503", async () => {
    const clock = fakeClock();
    await using at = await abusedHub({ clock });
    const closing = at.hub.close({ drainWithin: "10s" });
    const answer = await answerTo(at.port, UPGRADE);
    expect(status(answer)).toBe(503);
    expect(answer).toContain("Retry-After: 1\r\n");
    expect(at.hub.stats().rejected).toEqual({ upgrade: { draining: 1 } });
    await at.rejectedOnce("upgrade", "draining");
    for (let second = 0; second < 20; second += 1) {
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closing;
  });

  it("to a path that nobody serves with 404, also when its peer resets at once", async () => {
    await using at = await abusedHub();
    const lines = ["GET /elsewhere HTTP/1.1", ...UPGRADE.slice(1)];
    expect(status(await answerTo(at.port, lines))).toBe(404);
    await at.rejectedOnce("upgrade", "no-such-path");
    const peers = Array.from({ length: 50 }, () => rawPeer(at.port, lines).socket);
    await Promise.all(
      peers.map(async (socket) => {
        await once(socket, "connect");
        socket.resetAndDestroy();
      }),
    );
    await once(at.dial(), "open");
  });
});
