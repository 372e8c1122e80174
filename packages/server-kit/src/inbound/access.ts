import { type AnyContract, type ChannelRef, definition, validate } from "@tocsin/protocol";
import { type Connection, principalOf } from "../connection/connection.js";
import type { AccessRequest, Authorize, Principal } from "./policy.js";
import { invalid, Refused } from "./refusal.js";

/** What an action needs besides who does it. */
export type Action = AccessRequest extends infer R
  ? R extends AccessRequest
    ? Omit<R, "principal">
    : never
  : never;

/**
 * The channel an address names.
 *
 * @throws {@link Refused} with `unknown-channel`.
 */
export function resolveChannel(contract: AnyContract, address: string): ChannelRef {
  const ref = contract[definition].resolve(address);
  if (ref) return ref;
  throw new Refused({
    code: "unknown-channel",
    channel: address,
    message:
      "no channel of the contract has this address; write it as namespace:key with each part percent-encoded",
    details: { field: "channel" },
  });
}

/**
 * The checked params of a subscribe.
 *
 * @throws {@link Refused} with `invalid-params`.
 */
export function checkedParams({ def, name }: ChannelRef, params: unknown): unknown {
  if (def.params === undefined) {
    if (params === undefined) return undefined;
    throw new Refused(
      invalid(
        "invalid-params",
        { field: "params", message: "are not taken by this channel" },
        name,
      ),
    );
  }
  const checked = validate(def.params, params);
  if (checked.ok) return checked.value;
  const field = ["params", checked.problem.field].filter(Boolean).join(".");
  throw new Refused(invalid("invalid-params", { ...checked.problem, field }, name));
}

/**
 * Asks the policy.
 *
 * @throws {@link Refused} with `forbidden`, or `unavailable` when the policy could not tell.
 */
export async function demand(
  authorize: Authorize,
  who: Connection | { readonly principal: Principal | undefined },
  action: Action,
): Promise<void> {
  const principal = "principal" in who ? who.principal : principalOf(who);
  const channel = "channel" in action ? action.channel.name : undefined;
  const at = channel === undefined ? {} : { channel };
  let verdict: boolean | string;
  try {
    verdict = await authorize({ principal, ...action } as AccessRequest);
  } catch {
    throw new Refused({
      code: "unavailable",
      message: "access could not be checked; try again",
      ...at,
    });
  }
  if (verdict === true) return;
  const message = verdict === false ? `you may not ${action.action} here` : verdict;
  throw new Refused({ code: "forbidden", message, ...at });
}
