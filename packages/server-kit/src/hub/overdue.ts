import { CloseCode } from "@tocsin/protocol";
import type { Connection } from "../connection/connection.js";
import { type Rejections, whose } from "../inbound/rejections.js";

/** What a connection is late with when its deadline closes it; a silent one is not turned away, it is gone. */
const OVERDUE: ReadonlyMap<number, "late" | "expired"> = new Map([
  [CloseCode.Unauthorized, "late"],
  [CloseCode.TokenExpired, "expired"],
]);

/** Closes connections whose deadline has passed, and counts those that are turned away by it. */
export function closeOverdue(
  rejections: Rejections,
  close: (connection: Connection, code: number, reason: string) => void,
): typeof close {
  return (connection, code, reason) => {
    const overdue = OVERDUE.get(code);
    if (overdue && !connection.closing) {
      rejections.reject({ stage: "auth", reason: overdue, code, ...whose(connection) });
    }
    close(connection, code, reason);
  };
}
