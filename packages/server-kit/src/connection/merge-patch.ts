/** A JSON merge patch (RFC 7396), and about how many bytes of unchanged fields it leaves out. */
export interface FoundPatch {
  readonly patch: Readonly<Record<string, unknown>>;
  readonly savedBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The merge patch that makes `after` of `before`. `undefined` where there is none: when either is no plain
 * object, or when a changed part holds `null`, which in a merge patch means "remove".
 */
export function mergePatchBetween(before: unknown, after: unknown): FoundPatch | undefined {
  if (!isFields(before) || !isFields(after)) return undefined;
  const patch = new Map<string, unknown>();
  let savedBytes = 0;
  for (const name of Object.keys(before)) {
    if (before[name] !== undefined && own(after, name) === undefined) patch.set(name, null);
  }
  for (const name of Object.keys(after)) {
    const now = after[name];
    if (now === undefined) continue; // JSON leaves it out as well
    const was = own(before, name);
    if (same(was, now)) {
      savedBytes += name.length + sizeOf(now);
      continue;
    }
    const inner = mergePatchBetween(was, now);
    if (inner) {
      patch.set(name, inner.patch);
      savedBytes += inner.savedBytes;
    } else if (holdsNull(now)) return undefined;
    else patch.set(name, now);
  }
  return { patch: Object.fromEntries(patch), savedBytes };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field named `constructor` is there only when the data has it. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (!isFields(a) || !isFields(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  );
}

/** Whether merging would drop something of the value. Arrays are taken whole, whatever they hold. */
function holdsNull(value: unknown): boolean {
  return value === null || (isFields(value) && Object.values(value).some(holdsNull));
}

/** A guess is enough to tell whether a patch pays. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length + 6;
  return typeof value === "object" ? 16 : 8;
}
