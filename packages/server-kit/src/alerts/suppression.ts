import type { AlertKind } from "@tocsin/protocol/alerts";
import type { DedupStore } from "../store/dedup-store.js";

/** What a notification is about: one cause of one monitor, whichever version of it. */
export interface Cause {
  readonly monitorId: string;
  readonly kind: AlertKind;
}

/** Whether a trigger is news, and the token to settle its claim with, or repeats the notification that holds its cause. */
export type Verdict =
  | { readonly repeat: false; readonly token: string }
  | { readonly repeat: true; readonly of: string | undefined };

/**
 * The key a cause is suppressed under. It names nothing but the cause, so a take-profit never mutes a stop-loss
 * (trap 3) and changing a level within the cooldown does not notify twice.
 */
export function causeKey({ monitorId, kind }: Cause): string {
  return `${kind}:${monitorId}`;
}

/**
 * Claims a cause for `cooldownMs` of market time. The clock of `dedup` is the market's: how fast a replay runs,
 * and when anything is swept, has no part in it. A repeat names the notification that was settled under the claim.
 */
export async function suppress(
  dedup: DedupStore,
  cause: Cause,
  cooldownMs: number,
): Promise<Verdict> {
  const claim = await dedup.claim(causeKey(cause), cooldownMs);
  return claim.won ? { repeat: false, token: claim.token } : { repeat: true, of: claim.value };
}
