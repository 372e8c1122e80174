import { createHmac, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type WebSocket from "ws";
import { jwtAuthenticate } from "../../../src/jwt/index.js";
import { fakeClock } from "../../../src/testing/fake-clock.js";
import {
  type AbusedHub,
  type AbusedOptions,
  abusedHub,
  contract,
  SECRET,
  until,
} from "../../support/abused-hub.js";
import { rawPeer, UPGRADE } from "../../support/raw-peer.js";

/** Tokens are user names, with something secret after a slash. */
const authenticate: NonNullable<AbusedOptions["authenticate"]> = ({ token }) => {
  const [userId = ""] = token?.split("/") ?? [];
  if (userId === "down") throw new Error("the token service is down");
  return userId === "" || userId === "bad" ? null : { userId };
};
const ownInbox: NonNullable<AbusedOptions["authorize"]> = (request) =>
  request.action === "call" ||
  request.channel.params.userId === undefined ||
  request.channel.params.userId === request.principal?.userId;

interface Answer {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A connection that says some things once it is open. What it is answered, and with what it is closed. */
async function talk(at: AbusedHub, messages: readonly object[], path?: string) {
  const socket = at.dial({}, path);
  const answers: Answer[] = [];
  socket.on("message", (raw) => answers.push(JSON.parse(String(raw))));
  const closed = once(socket, "close").then(([code]): number => code);
  await once(socket, "open");
  for (const message of messages) socket.send(JSON.stringify(message));
  return { socket, answers, closed };
}

const auth = (token: string) => ({ type: "auth", token });
const open = (socket: WebSocket) => socket.readyState === socket.OPEN;

describe("a connection without a user", () => {
  it("A13: is ended with 4501 when it has not authenticated in 3 s", async () => {
    const clock = fakeClock();
    await using at = await abusedHub({ authenticate, clock });
    const { closed, socket } = await talk(at, []);
    await until(() => at.hub.connections.size === 2);
    clock.advance(2_999);
    expect(open(socket)).toBe(true);
    clock.advance(26);
    expect(await closed).toBe(4501);
    await at.rejectedOnce("auth", "late");
  });

  it.each([
    { type: "subscribe", channel: `inbox:${SECRET}` },
    { type: "publish", id: "1", channel: "price:1", data: { price: 1, note: SECRET } },
    { type: "call", id: "1", method: "wait", params: {} },
    { type: "history", id: "1", channel: "beacon" },
    { type: "ping", id: SECRET },
  ])("A14: is ended with 4501 when its first message is a $type", async (message) => {
    await using at = await abusedHub({ authenticate });
    const { closed, answers } = await talk(at, [message, auth("ada")]);
    expect(await closed).toBe(4501);
    expect(answers.map(({ type }) => type)).toEqual(["connected"]);
    await at.rejectedOnce("auth", "first-message");
  });

  it("A20: is not known by a token in its address, which nobody gets to see", async () => {
    const seen: unknown[] = [];
    await using at = await abusedHub({
      authenticate(credentials) {
        seen.push(credentials);
        return authenticate(credentials);
      },
    });
    const { closed } = await talk(at, [{ type: "ping" }], `/ws?token=ada/${SECRET}`);
    expect(await closed).toBe(4501);
    expect(JSON.stringify(seen)).not.toContain(SECRET);
    await at.rejectedOnce("auth", "first-message");
  });

  it("may try again when its token could not be checked, which is told once (A11)", async () => {
    await using at = await abusedHub({ authenticate });
    const { answers } = await talk(at, [auth(`down/${SECRET}`), auth("ada")]);
    await until(() => answers.some(({ type }) => type === "authenticated"));
    expect(answers[1]).toMatchObject({ type: "error", code: "unavailable" });
    await at.rejectedOnce("auth", "unavailable");
  });
});

describe("a connection of a user", () => {
  it("A15: is refreshed in place by a token of the same user", async () => {
    await using at = await abusedHub({ authenticate });
    const { answers, socket } = await talk(at, [auth("ada/1"), auth("ada/2")]);
    await until(() => answers.filter(({ type }) => type === "authenticated").length === 2);
    expect(open(socket)).toBe(true);
    await at.rejectedNothing();
  });

  it("A15: is ended with 4500 by a token of another user", async () => {
    await using at = await abusedHub({ authenticate });
    const { closed } = await talk(at, [auth("ada"), auth(`bob/${SECRET}`)]);
    expect(await closed).toBe(4500);
    await at.rejectedOnce("auth", "user-changed");
  });

  it("A18: is ended with 4005 when its token expires, and not if a fresh one came before", async () => {
    const clock = fakeClock();
    await using at = await abusedHub({
      clock,
      authenticate: ({ token }) => {
        const [userId = "", seconds] = token?.split("/") ?? [];
        if (userId === "") return null;
        const expiresAt = clock.now() + Number(seconds) * 1_000;
        return seconds === undefined ? { userId } : { userId, expiresAt };
      },
    });
    const stale = await talk(at, [auth("ada/10")]);
    const fresh = await talk(at, [auth("bob/10"), auth("bob/1000")]);
    await until(() => fresh.answers.length === 3 && stale.answers.length === 2);
    clock.advance(10_025);
    expect(await stale.closed).toBe(4005);
    expect(open(fresh.socket)).toBe(true);
    await at.rejectedOnce("auth", "expired");
  });

  it("A21: is cut off within a second when it does not answer the close", async () => {
    const clock = fakeClock();
    await using at = await abusedHub({ authenticate, clock });
    const peer = rawPeer(at.port, [...UPGRADE, "Authorization: Bearer ada"]);
    await until(() => at.hub.connections.size === 2);
    expect(at.hub.disconnect({ userId: "ada" })).toBe(1);
    await until(() => peer.closeCode() === 4503);
    expect(at.hub.connections.size).toBe(2);
    clock.advance(1_000);
    await until(() => at.hub.connections.size === 1);
    await peer.ended;
    peer.socket.destroy();
    await at.rejectedOnce("auth", "revoked");
  });

  it("A22: is ended with 4503 at once when its right is withdrawn", async () => {
    await using at = await abusedHub({ authenticate });
    const { closed, answers } = await talk(at, [auth("ada")]);
    await until(() => answers.length === 2);
    expect(at.hub.disconnect({ userId: "ada" })).toBe(1);
    expect(await closed).toBe(4503);
    await at.rejectedOnce("auth", "revoked");
  });

  // Not 4503: one channel that is not yours takes nothing from those that are. Nothing else can be resumed.
  it("A23: gets nothing of another user's channel, whatever position it names", async () => {
    await using at = await abusedHub({ authenticate, authorize: ownInbox });
    const inbox = contract.inbox({ userId: "bob" });
    const { epoch } = await at.hub.publish(inbox, { text: SECRET });
    const since = { epoch, offset: 0 };
    const { answers } = await talk(at, [
      auth("ada"),
      { type: "subscribe", id: "1", channel: inbox.name, since },
    ]);
    await until(() => answers.length === 3);
    expect(answers[2]).toMatchObject({ type: "error", id: "1", code: "forbidden" });
    expect(JSON.stringify(answers)).not.toContain(SECRET);
    await at.rejectedOnce("message", "forbidden");
  });

  it("A23: is asked about again when it comes back to a channel", async () => {
    let allowed = true;
    await using at = await abusedHub({ authenticate, authorize: () => allowed });
    const inbox = contract.inbox({ userId: "ada" });
    const first = await talk(at, [auth("ada"), { type: "subscribe", channel: inbox.name }]);
    await until(() => first.answers.length === 3);
    const [, , subscribed] = first.answers;
    const since = { epoch: subscribed?.epoch, offset: subscribed?.offset };
    first.socket.terminate();
    await at.hub.publish(inbox, { text: SECRET });
    allowed = false;
    const again = { type: "subscribe", channel: inbox.name, since };
    const second = await talk(at, [auth("ada"), again]);
    await until(() => second.answers.length === 3);
    expect(second.answers[2]).toMatchObject({ type: "error", code: "forbidden" });
    await at.rejectedOnce("message", "forbidden");
  });
});

describe("a forged JSON Web Token", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
  const claims = { sub: "ada", secret: SECRET, exp: Math.floor(Date.now() / 1_000) + 600 };
  const signed = (header: object, signature: (input: string) => string) => {
    const parts = [header, claims].map((part) => JSON.stringify(part));
    const input = parts.map((part) => Buffer.from(part).toString("base64url")).join(".");
    return `${input}.${signature(input)}`;
  };
  const verify = jwtAuthenticate({ key: pem, algorithms: ["RS256"] });
  const byToken: NonNullable<AbusedOptions["authenticate"]> = (credentials) =>
    credentials.token === "bystander" ? { userId: "bystander" } : verify(credentials);

  const refused = async (token: string) => {
    await using at = await abusedHub({ authenticate: byToken });
    const { closed } = await talk(at, [auth(token)]);
    expect(await closed).toBe(4501);
    await at.rejectedOnce("auth", "bad-token");
  };

  it.each(["none", "NonE"])("A16: with alg %s ends its connection with 4501", async (alg) => {
    await refused(signed({ alg }, () => ""));
  });

  it("A17: signed with the public key as a secret ends its connection with 4501", async () => {
    await refused(
      signed({ alg: "HS256" }, (input) =>
        createHmac("sha256", pem).update(input).digest("base64url"),
      ),
    );
  });

  it("A19: that names addresses makes nobody ask there, and ends its connection with 4501", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const token = await new SignJWT({ ...claims, iss: `${base}/iss` })
      .setProtectedHeader({
        alg: "RS256",
        kid: `${base}/kid`,
        jku: `${base}/jku`,
        x5u: `${base}/x5u`,
        jwk: await exportJWK(stranger.publicKey),
      })
      .sign(stranger.privateKey);
    await refused(token);
    expect(asked).toBe(0);
    server.close();
  });
});
