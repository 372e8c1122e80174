import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, SignJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import type { Credentials } from "../inbound/policy.js";
import { JwksUnavailableError, JwtConfigError } from "./errors.js";
import { type JwtOptions, jwtAuthenticate } from "./jwt-authenticate.js";

const NOW = 1_700_000_000_000;
const SECRET = "0123456789abcdef0123456789abcdef";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const PEM = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();

type Claims = Readonly<Record<string, unknown>>;
const CLAIMS: Claims = { sub: "ada", exp: NOW / 1_000 + 60 };

function credentials(token: string | undefined): Credentials {
  return { token, request: { path: "/ws", headers: {}, remoteAddress: "192.0.2.1" } };
}

function sign(claims: Claims, key: KeyObject | Uint8Array = rsa.privateKey, header: Claims = {}) {
  return new SignJWT(claims).setProtectedHeader({ alg: "RS256", ...header }).sign(key);
}

/** A token with any header at all, which a library would refuse to make. */
function forge(header: Claims, claims: Claims, signature: (input: string) => string): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${input}.${signature(input)}`;
}

function judge(token: string | undefined, options: Partial<JwtOptions> = {}) {
  const settings = { key: PEM, algorithms: ["RS256"], now: () => NOW, ...options } as JwtOptions;
  return jwtAuthenticate(settings)(credentials(token));
}

describe("jwtAuthenticate", () => {
  it("says who a good token is from, and until when", async () => {
    const principal = await judge(await sign({ ...CLAIMS, role: "trader" }));
    expect(principal).toEqual({
      userId: "ada",
      expiresAt: NOW + 60_000,
      claims: { ...CLAIMS, role: "trader" },
    });
  });

  it("waits for an auth message when there is no token yet", async () => {
    expect(await judge(undefined)).toBeNull();
  });

  it.each([
    ["HS256", { secret: SECRET }, new TextEncoder().encode(SECRET)],
    ["ES256", { key: ec.publicKey }, ec.privateKey],
    ["PS256", { key: rsa.publicKey }, rsa.privateKey],
  ] as const)("accepts %s", async (alg, source, key) => {
    const authenticate = jwtAuthenticate({ ...source, algorithms: [alg], now: () => NOW });
    expect(await authenticate(credentials(await sign(CLAIMS, key, { alg })))).toMatchObject({
      userId: "ada",
    });
  });

  it.each(["", "x", "a.b.c", "....", "\u0000", "a".repeat(9_000), `${"A".repeat(40)}.e30.`])(
    "answers null to the garbage %j",
    async (token) => {
      expect(await judge(token)).toBeNull();
    },
  );

  it("answers null to a good token with one character changed", async () => {
    const token = await sign(CLAIMS);
    for (const at of [5, token.indexOf(".") + 5, token.length - 5]) {
      const changed = token[at] === "A" ? "B" : "A";
      expect(await judge(token.slice(0, at) + changed + token.slice(at + 1))).toBeNull();
    }
  });

  it("answers null to a token of somebody else's key", async () => {
    expect(await judge(await sign(CLAIMS, stranger.privateKey))).toBeNull();
  });

  it.each(["none", "None", "NONE", "nOnE"])("answers null to alg %s (A16)", async (alg) => {
    expect(await judge(forge({ alg }, CLAIMS, () => ""))).toBeNull();
  });

  it("answers null to a secret signature made with the public key (A17)", async () => {
    const der = rsa.publicKey.export({ type: "spki", format: "der" });
    for (const publicBytes of [PEM, PEM.trim(), der]) {
      const hmac = (input: string) =>
        createHmac("sha256", publicBytes).update(input).digest("base64url");
      expect(await judge(forge({ alg: "HS256" }, CLAIMS, hmac))).toBeNull();
    }
  });

  it("answers null to an algorithm that fits the key but is not pinned", async () => {
    expect(await judge(await sign(CLAIMS, rsa.privateKey, { alg: "RS512" }))).toBeNull();
    expect(await judge(await sign(CLAIMS, rsa.privateKey, { alg: "PS256" }))).toBeNull();
  });

  it("counts a token as expired from the second of its exp on", async () => {
    const token = await sign(CLAIMS);
    expect(await judge(token, { now: () => NOW + 59_999 })).not.toBeNull();
    expect(await judge(token, { now: () => NOW + 60_000 })).toBeNull();
  });

  it("lets clocks be wrong by the tolerance, and lets the right end as much later (A18)", async () => {
    const late = { now: () => NOW + 62_000, clockToleranceSec: 5 };
    const principal = await judge(await sign(CLAIMS), late);
    expect(principal?.expiresAt).toBe(NOW + 65_000);
    expect(await judge(await sign({ ...CLAIMS, nbf: NOW / 1_000 + 30 }))).toBeNull();
  });

  it("answers null to a token that never expires, unless told to take it", async () => {
    const token = await sign({ sub: "ada" });
    expect(await judge(token)).toBeNull();
    expect(await judge(token, { allowWithoutExpiry: true })).toEqual({
      userId: "ada",
      claims: { sub: "ada" },
    });
  });

  it("checks issuer and audience when asked to", async () => {
    const token = await sign({ ...CLAIMS, iss: "https://id.example", aud: ["push", "shop"] });
    expect(await judge(token, { issuer: "https://id.example", audience: "push" })).not.toBeNull();
    expect(await judge(token, { issuer: ["https://other.example"] })).toBeNull();
    expect(await judge(token, { audience: ["bank"] })).toBeNull();
    expect(await judge(await sign(CLAIMS), { audience: ["bank"] })).toBeNull();
  });

  it("takes the user id from the claim it is told, and only if it is a text", async () => {
    const token = await sign({ ...CLAIMS, uid: "u-1", n: 7, empty: "" });
    expect(await judge(token, { userClaim: "uid" })).toMatchObject({ userId: "u-1" });
    for (const userClaim of ["n", "empty", "missing", "constructor", "__proto__"]) {
      expect(await judge(token, { userClaim }), userClaim).toBeNull();
    }
  });
});

describe("jwtAuthenticate and the network", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function serve(status: number, body: unknown) {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { asked, base: `http://127.0.0.1:${port}` };
  }

  it("follows no address that a token names (A19)", async () => {
    const { asked, base } = await serve(200, { keys: [await exportJWK(stranger.publicKey)] });
    const header = { jku: `${base}/jku`, x5u: `${base}/x5u`, kid: `${base}/kid` };
    const jwk = await exportJWK(stranger.publicKey);
    const claims = { ...CLAIMS, iss: `${base}/iss` };
    expect(await judge(await sign(claims, stranger.privateKey, header))).toBeNull();
    expect(await judge(await sign(claims, stranger.privateKey, { ...header, jwk }))).toBeNull();
    expect(asked).toEqual([]);
  });

  it("fetches the key set it was given, and nothing else (A19)", async () => {
    const { asked, base } = await serve(200, {
      keys: [{ ...(await exportJWK(rsa.publicKey)), kid: "k1", alg: "RS256" }],
    });
    const authenticate = jwtAuthenticate({
      jwksUrl: `${base}/keys`,
      algorithms: ["RS256"],
      now: () => NOW,
    });
    const good = await sign(CLAIMS, rsa.privateKey, { kid: "k1", jku: `${base}/evil` });
    const unknown = await sign(CLAIMS, stranger.privateKey, { kid: `${base}/evil` });
    expect(await authenticate(credentials(good))).toMatchObject({ userId: "ada" });
    expect(await authenticate(credentials(unknown))).toBeNull();
    expect(await authenticate(credentials(good))).toMatchObject({ userId: "ada" });
    expect(new Set(asked)).toEqual(new Set(["/keys"]));
  });

  it.each([
    [500, {}],
    [200, { no: "keys" }],
  ])("cannot tell while the key set is answered with %i %j", async (status, body) => {
    const { base } = await serve(status, body);
    const authenticate = jwtAuthenticate({ jwksUrl: base, algorithms: ["RS256"], now: () => NOW });
    const judged = authenticate(credentials(await sign(CLAIMS)));
    await expect(judged).rejects.toThrow(JwksUnavailableError);
    await expect(judged).rejects.toMatchObject({ retryable: true });
  });
});

describe("jwtAuthenticate refuses to be set up", () => {
  const refuse = (options: unknown) => () => jwtAuthenticate(options as JwtOptions);

  it.each([
    ["without algorithms", { key: PEM, algorithms: [] }, /algorithms is empty/],
    ["with none (A16)", { key: PEM, algorithms: ["none"] }, /"none" is not one of/],
    [
      "with a mix of secrets and public keys (A17)",
      { key: PEM, algorithms: ["RS256", "HS256"] },
      /different kinds/,
    ],
    [
      "with a public key as secret (A17)",
      { secret: PEM, algorithms: ["HS256"] },
      /secret is a PEM/,
    ],
    ["with a public key for HS256 (A17)", { key: PEM, algorithms: ["HS256"] }, /needs a secret/],
    [
      "with a secret for RS256",
      { secret: SECRET, algorithms: ["RS256"] },
      /secret goes with HS256/,
    ],
    [
      "with a key of another kind",
      { key: ec.publicKey, algorithms: ["RS256"] },
      /kind EC.*needs RSA/,
    ],
    [
      "with a short secret",
      { secret: "short", algorithms: ["HS256"] },
      /5 bytes long; at least 32/,
    ],
    ["with a key that is none", { key: "hello", algorithms: ["RS256"] }, /not a PEM public key/],
    [
      "with a key set over plain http",
      { jwksUrl: "http://id.example/keys", algorithms: ["RS256"] },
      /must be an https/,
    ],
    [
      "with a key set that is no URL",
      { jwksUrl: "keys", algorithms: ["RS256"] },
      /must be an https/,
    ],
    [
      "with a key set for HS256",
      { jwksUrl: "https://id.example/keys", algorithms: ["HS256"] },
      /holds public keys/,
    ],
  ])("%s", (_name, options, message) => {
    expect(refuse(options)).toThrow(JwtConfigError);
    expect(refuse(options)).toThrow(message);
  });
});
