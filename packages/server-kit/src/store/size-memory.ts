import { MAX_DEPTH, TocsinError } from "@tocsin/protocol";

/** An entry that no client could be sent: deeper than a message may be, or referring to itself. */
export class EntryTooDeepError extends TocsinError {
  override name = "EntryTooDeepError";
}

/** What an object costs besides its contents: header, slots and its place in a list. */
const OBJECT_BYTES = 32;

/**
 * About how many bytes a value occupies. Right within a small factor, which is what a memory bound needs, and
 * far cheaper than serializing.
 *
 * @throws {@link EntryTooDeepError} when the value nests deeper than a message may.
 */
export function roughBytes(value: unknown, levels = MAX_DEPTH): number {
  if (typeof value === "string") return 16 + 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (levels === 0) {
    throw new EntryTooDeepError(
      `data nests deeper than ${MAX_DEPTH} levels or refers to itself; flatten it before publishing`,
    );
  }
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.byteLength;
  let bytes = OBJECT_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += roughBytes(item, levels - 1);
    return bytes;
  }
  for (const name in value) bytes += 8 + roughBytes(value[name as keyof typeof value], levels - 1);
  return bytes;
}
