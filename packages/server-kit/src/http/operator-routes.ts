import type { Hub } from "../hub/hub.js";
import type { UpgradeInfo } from "../inbound/policy.js";
import type { HttpReply, HttpRoute } from "./http-route.js";
import { refusalReply, reply } from "./reply.js";

/** Says whether a request comes from somebody who may see who is connected. Throwing means no. */
export type IsOperator = (request: UpgradeInfo) => boolean | Promise<boolean>;

/** `GET stats` and `GET clients` under `prefix`: what `hub.stats()` and `hub.clients()` say, for operators only. */
export function operatorRoutes(
  hub: Pick<Hub, "stats" | "clients" | "rejections">,
  prefix: string,
  isOperator: IsOperator,
): readonly HttpRoute[] {
  const guarded = async (info: UpgradeInfo, read: () => unknown): Promise<HttpReply> => {
    const allowed = await Promise.resolve(info)
      .then(isOperator)
      .catch(() => false);
    if (allowed) return reply(200, read());
    const { remoteAddress } = info;
    const answer = refusalReply({ code: "forbidden", message: "only operators may see this" });
    hub.rejections.reject({
      stage: "http",
      reason: "forbidden",
      code: answer.status,
      remoteAddress,
    });
    return answer;
  };
  return [
    {
      method: "get",
      path: `${prefix}/stats`,
      handle: ({ info }) => guarded(info, () => hub.stats()),
    },
    {
      method: "get",
      path: `${prefix}/clients`,
      handle: ({ info }) => guarded(info, () => ({ clients: hub.clients() })),
    },
  ];
}
