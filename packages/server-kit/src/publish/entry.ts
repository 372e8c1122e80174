import { type ChannelRef, validate } from "@tocsin/protocol";
import type { Keep, NewEntry } from "../store/history-store.js";
import { InvalidPublishError } from "./errors.js";
import { unsendable } from "./plain-data.js";

/**
 * What a publish puts into history.
 *
 * @throws {@link InvalidPublishError} when the data does not fit the channel, or could not travel as it is.
 */
export function checkedEntry(channel: ChannelRef, data: unknown, timestamp: number): NewEntry {
  const checked = validate(channel.def.payload, data);
  if (!checked.ok) throw new InvalidPublishError(channel.name, checked.problem);
  const { value } = checked;
  const problem = unsendable(value);
  if (problem) throw new InvalidPublishError(channel.name, problem);
  if (channel.def.key === undefined) return { data: value, timestamp };
  const key = rowKey(value, channel.def.key);
  if (key !== undefined) return { data: value, key, timestamp };
  throw new InvalidPublishError(channel.name, {
    field: channel.def.key,
    message: "identifies the row and must be a non-empty string or a number",
  });
}

function rowKey(row: unknown, field: string): string | undefined {
  if (typeof row !== "object" || row === null || !Object.hasOwn(row, field)) return undefined;
  const key: unknown = row[field as keyof typeof row];
  if (typeof key === "number") return String(key);
  return typeof key === "string" && key.length > 0 ? key : undefined;
}

/** What the history store may let go of; `undefined` on a `signal`, which is not stored. */
export function keepOf({ mode, def }: ChannelRef): Keep | undefined {
  if (mode === "signal") return undefined;
  if (mode !== "log") return { mode };
  return { mode, size: def.retention?.size ?? 0, ttlMs: def.retention?.ttlMs ?? 0 };
}
