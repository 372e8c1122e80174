const UNITS = [
  { ms: 86_400_000, text: "d", pattern: /^(d|day|days|天|日)$/ },
  { ms: 3_600_000, text: "h", pattern: /^(h|hour|hours|小时|时)$/ },
  { ms: 60_000, text: "min", pattern: /^(m|min|mins|minute|minutes|分钟|分)$/ },
  { ms: 1_000, text: "s", pattern: /^(s|sec|second|seconds|秒)$/ },
] as const;

/** A span as it stands in a field: `90 min`, `1 d 12 h`; `""` for none. */
export function spanText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "";
  if (ms === 0) return "0";
  let rest = ms;
  const parts: string[] = [];
  for (const { ms: size, text } of UNITS) {
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    parts.push(`${count} ${text}`);
    rest -= count * size;
  }
  return rest === 0 ? parts.join(" ") : `${ms / 1_000} s`;
}

/**
 * Reads a span as it is typed: `90 min`, `1d12h`, `1.5 h`; a number alone is minutes. `undefined` for an empty
 * field, NaN for what is no span.
 */
export function readSpan(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 60_000);
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([^\d\s.,]+)[\s,]*/gy)];
  const read = parts.map(([whole]) => whole).join("");
  if (parts.length === 0 || read.length !== trimmed.length) return Number.NaN;
  const total = parts.reduce((sum, [, count, unit = ""]) => {
    const size = UNITS.find(({ pattern }) => pattern.test(unit))?.ms ?? Number.NaN;
    return sum + Number(count) * size;
  }, 0);
  return Math.round(total);
}
