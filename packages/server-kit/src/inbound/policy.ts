import type { ChannelRef } from "@tocsin/protocol";
import type { Principal, UpgradeInfo } from "../connection/principal.js";

export type { Principal, UpgradeInfo };

/** One attempt to authenticate. */
export interface Credentials {
  /** From an `auth` message, or from the upgrade's `Authorization: Bearer` header; absent when neither came yet. */
  readonly token: string | undefined;
  readonly request: UpgradeInfo;
}

/**
 * Says who this is, or `null` when the credentials are no good. Without a token it may use the request, such as
 * a cookie, or answer `null` to wait for an `auth` message. Throwing means "cannot tell now".
 */
export type Authenticate = (
  credentials: Credentials,
) => Principal | null | Promise<Principal | null>;

/** What a client wants to do. */
export type AccessRequest = {
  /** `undefined` on a hub without `authenticate`. */
  readonly principal: Principal | undefined;
} & (
  | {
      readonly action: "subscribe" | "history" | "presence" | "publish";
      readonly channel: ChannelRef;
      /** The checked params of a subscribe. */
      readonly params?: unknown;
      /** What a publish wants to say, as it was sent: the channel's schema has not seen it yet. */
      readonly data?: unknown;
    }
  | { readonly action: "call"; readonly method: string; readonly params: unknown }
);

/** Allows or refuses one action. A text refuses and tells the client why. Throwing means "cannot tell now". */
export type Authorize = (request: AccessRequest) => boolean | string | Promise<boolean | string>;

/** Without a policy of your own clients may read and call, but not publish. */
export const readOnly: Authorize = ({ action }) =>
  action !== "publish" || "clients may not publish here; give the hub an authorize that allows it";
