import type { Connection } from "../connection/connection.js";
import { demand } from "./access.js";
import type { HandlerContext } from "./context.js";
import { Refused } from "./refusal.js";
import { type Rejection, whose } from "./rejections.js";

/**
 * Asks the policy again about every channel a connection reads. What it may no longer read ends, with the policy's
 * own words; the connection stays. Where the policy cannot tell now, the reader keeps what it had.
 */
export async function recheck(
  { authorize, subscriptions, end }: HandlerContext,
  connection: Connection,
  reject: (rejection: Rejection) => void,
): Promise<void> {
  for (const subscription of [...subscriptions.of(connection)]) {
    const { channel, params } = subscription;
    try {
      await demand(authorize, connection, { action: "subscribe", channel, params });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, message } = error.refusal;
      reject({ stage: "message", reason: code, ...whose(connection) });
      if (code === "forbidden") end(subscription, message);
    }
  }
}
