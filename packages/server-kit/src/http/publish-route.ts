import {
  type ClientMessageOf,
  type Codec,
  decodeClientMessage,
  jsonCodec,
  type Parsed,
} from "@tocsin/protocol";
import type { Hub } from "../hub/hub.js";
import { refusalOf } from "../inbound/message-handler.js";
import type { Principal, UpgradeInfo } from "../inbound/policy.js";
import type { RateLimit } from "../inbound/rate-limit.js";
import { invalid, Refused } from "../inbound/refusal.js";
import type { HttpBody, HttpRequest, HttpRoute } from "./http-route.js";
import { refusalReply, reply } from "./reply.js";
import { userRate } from "./user-rate.js";

/** What publishing over HTTP needs of a hub. */
export type PublishingHub = Pick<Hub, "authenticate" | "publishFor" | "rejections">;

/** Settings of {@link publishRoute}. */
export interface PublishRouteOptions {
  readonly path: string;
  /** Largest body, in bytes. */
  readonly maxBodyBytes: number;
  /** How often one user may publish. */
  readonly rate: RateLimit;
  now(): number;
}

/**
 * `POST {channel, data, key?}` with `Authorization: Bearer`: publishes as the token's user, checked by the same
 * schemas, `authenticate` and `authorize` as a `publish` message, and answers `{epoch, offset, duplicate}`.
 */
export function publishRoute(
  hub: PublishingHub,
  { path, maxBodyBytes, rate, now }: PublishRouteOptions,
): HttpRoute {
  const takeTurn = userRate(rate, now);
  return {
    method: "post",
    path,
    async handle(request) {
      let userId: string | undefined;
      try {
        mustBeJson(request.info);
        const principal = await identify(hub, request.info);
        userId = principal.userId;
        const taken = takeTurn(userId);
        if (!taken.allowed) {
          const { retryAfterMs } = taken;
          const message = `too many publishes; try again in ${retryAfterMs} ms`;
          throw new Refused({ code: "rate-limited", message, retryAfterMs });
        }
        const { channel, data, key } = await readPublish(request, maxBodyBytes);
        const wanted = { channel, data, ...(key !== undefined && { key }) };
        return reply(200, await hub.publishFor(principal, wanted));
      } catch (error) {
        const refusal = refusalOf(error);
        const answer = refusalReply(refusal, refusal === NOT_JSON ? 415 : undefined);
        hub.rejections.reject({
          stage: "http",
          reason: refusal.code,
          code: answer.status,
          ...(userId !== undefined && { userId }),
          remoteAddress: request.info.remoteAddress,
          ...(refusal.code === "internal" && { err: error }),
        });
        return answer;
      }
    },
  };
}

const NOT_JSON = {
  code: "malformed",
  message: 'send the publish as JSON, with the header "content-type: application/json"',
  details: { field: "content-type" },
} as const;

/** Also what keeps a foreign page from publishing with its visitor's cookies: it would have to ask first. */
function mustBeJson({ headers }: UpgradeInfo): void {
  const [type = ""] = (headers["content-type"] ?? "").split(";", 1);
  if (type.trim().toLowerCase() !== "application/json") throw new Refused(NOT_JSON);
}

async function identify(hub: PublishingHub, info: UpgradeInfo): Promise<Principal> {
  const token = /^Bearer +(\S+)$/i.exec(info.headers.authorization ?? "")?.[1];
  let principal: Principal | null;
  try {
    principal = await hub.authenticate(token, info);
  } catch {
    throw new Refused({
      code: "unavailable",
      message: "the token could not be checked; try again",
    });
  }
  if (principal) return principal;
  const problem =
    token === undefined ? "is missing; send a Bearer token" : "holds a token that does not verify";
  throw new Refused(invalid("unauthenticated", { field: "authorization", message: problem }));
}

async function readPublish(
  request: HttpRequest,
  limit: number,
): Promise<ClientMessageOf<"publish">> {
  const body = await request.body(limit);
  if (body.is === "too-large") {
    throw new Refused({ code: "limit", message: `a publish is at most ${limit} bytes long` });
  }
  const decoded = decodeClientMessage(publishCodec(body), "");
  if (!decoded.ok) throw new Refused(invalid(decoded.why, decoded.problem));
  if (decoded.message.type === "publish") return decoded.message;
  throw new Refused({ code: "unknown-type", message: "only a publish can be posted here" });
}

/** Reads a body as the `publish` message it stands for, so that the schemas of the wire judge it. */
function publishCodec(body: Exclude<HttpBody, { is: "too-large" }>): Codec {
  const parse = (): Parsed => {
    const parsed: Parsed =
      body.is === "parsed" ? { ok: true, value: body.value } : jsonCodec.parse(body.bytes);
    if (!parsed.ok) return { ok: false, message: "the body is not JSON" };
    const { value } = parsed;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { ok: false, message: "the body is an object {channel, data, key?}" };
    }
    return { ok: true, value: { ...value, type: "publish", id: "http" } };
  };
  return { ...jsonCodec, parse };
}
