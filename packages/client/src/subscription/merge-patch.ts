import { isRecord } from "../connection/read-frame.js";

/**
 * Applies a JSON merge patch (RFC 7396) to a copy. Fields are defined, never assigned, so a field named
 * `__proto__` is a field like any other.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const fields = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else fields.set(name, mergePatch(fields.get(name), value));
  }
  return Object.fromEntries(fields);
}
