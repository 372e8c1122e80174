import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateRawSync } from "node:zlib";
import { jsonCodec } from "@tocsin/protocol";
import { describe, expect, it } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { upgradeInfo, wsSocket } from "../../../src/ws/index.js";
import { abusedHub, SECRET, until } from "../../support/abused-hub.js";
import { FRAME_CASES, pingFlood } from "../../support/frame-cases.js";
import { clientFrame, Opcode, rawPeer, UPGRADE } from "../../support/raw-peer.js";

describe("a connection is ended", () => {
  it.each(FRAME_CASES.map((one) => [one.name, one.code, one] as const))(
    "%s with %i",
    async (_name, code, { lines = [], bytes, reason }) => {
      await using at = await abusedHub();
      const peer = rawPeer(at.port, [...UPGRADE, ...lines]);
      await until(() => at.hub.connections.size === 2);
      peer.socket.write(bytes());
      await until(() => peer.closeCode() !== undefined);
      expect(peer.closeCode()).toBe(code);
      peer.socket.destroy();
      await until(() => at.hub.connections.size === 1);
      expect(at.hub.stats().closed).toEqual({ [code]: 1 });
      await at.rejectedOnce("frame", reason);
    },
  );

  it("A29: that asks for pongs and takes none", async () => {
    await using at = await abusedHub();
    const peer = rawPeer(at.port);
    await until(() => at.hub.connections.size === 2);
    await pingFlood(peer);
    await until(() => at.hub.connections.size === 1);
    await at.rejectedOnce("frame", "ping-flood");
  });

  it("A28: over a message that swells, with 1009, where a transport of one's own has compression on", async () => {
    await using at = await abusedHub();
    const server = createServer();
    const webSockets = new WebSocketServer({
      server,
      perMessageDeflate: true,
      maxPayload: at.hub.gate.maxMessageBytes,
    });
    webSockets.on("connection", async (webSocket, request) => {
      const place = await at.hub.gate.reserve(upgradeInfo(request));
      if ("open" in place) place.open(wsSocket(webSocket, request.socket), jsonCodec);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const extensions = "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover";
    const peer = rawPeer((server.address() as AddressInfo).port, [...UPGRADE, extensions]);
    await until(() => at.hub.connections.size === 2);
    const bomb = deflateRawSync(Buffer.alloc(10_000_000, "x"));
    expect(bomb.length).toBeLessThan(at.hub.gate.maxMessageBytes);
    peer.socket.write(clientFrame({ opcode: Opcode.text, rsv: 4, payload: bomb }));
    await until(() => peer.closeCode() !== undefined);
    expect(peer.closeCode()).toBe(1009);
    await at.rejectedOnce("frame", "too-large");
    peer.socket.destroy();
    server.closeAllConnections();
    server.close();
  });
});

describe("a hundred connections at once", () => {
  it("that break every rule of frames leave nothing behind (A24 to A30)", async () => {
    await using at = await abusedHub({
      limits: { connectionsPerAddress: 1_000, messagesPerSecond: 1e6, messageBurst: 1e6 },
    });
    const peers = Array.from({ length: 100 }, (_, n) => {
      const wrong = FRAME_CASES[n % FRAME_CASES.length];
      if (wrong === undefined) throw new Error("there are cases");
      return { wrong, peer: rawPeer(at.port, [...UPGRADE, ...(wrong.lines ?? [])]) };
    });
    await until(() => at.hub.connections.size === 101);
    for (const { peer, wrong } of peers) peer.socket.write(wrong.bytes());
    await Promise.all(peers.map(({ peer }) => peer.ended));
    await until(() => at.hub.connections.size === 1);
    expect(peers.map(({ peer }) => peer.closeCode())).toEqual(peers.map(({ wrong }) => wrong.code));
    for (const { peer } of peers) peer.socket.destroy();
    const { subscriptions, channels, queuedBytes, rejected } = at.hub.stats();
    expect({ subscriptions, channels, queuedBytes }).toEqual({
      subscriptions: 1,
      channels: 1,
      queuedBytes: 0,
    });
    const counted = Object.values(rejected.frame ?? {}).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(100);
    expect(JSON.stringify(at.lines)).not.toContain(SECRET);
    // the log does not follow the flood: ten lines for each reason at most
    const lines = at.lines.filter(({ level }) => level === "warn");
    expect(lines.length).toBeLessThan(Object.keys(rejected.frame ?? {}).length * 10 + 5);
  });
});

it("a connection that says good bye is no rejection, nor is one that is cut", async () => {
  await using at = await abusedHub();
  const polite = at.dial();
  await once(polite, "open");
  polite.close(1000);
  await once(polite, "close");
  const cut = rawPeer(at.port);
  await until(() => at.hub.connections.size === 2);
  cut.socket.resetAndDestroy();
  await until(() => at.hub.connections.size === 1);
  expect(WebSocket.CLOSED).toBe(polite.readyState);
  await at.rejectedNothing();
});
